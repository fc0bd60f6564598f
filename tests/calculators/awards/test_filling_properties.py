"""The calculators against the model of the rule, over whole histories: grants and runs in any order, late facts.

Two notices share a cap: one for items, whose parts may take back, one for loans, whose periods may be cut at the new
year and held. Beside it each may have caps of its own: one that firms share, one per year, one that grows. Amounts are
small, because the model moves fen one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.awards import filling
from calculators.awards.caps import CappedLine, CappedPart, Key, Posted
from calculators.awards.filling import fill
from calculators.awards.lines import ItemPart, Outside, Proportion, Version
from calculators.awards.loan_parts import Part
from calculators.interest.loan import Movement
from calculators.interest.segments import Period
from calculators.money import Exact
from tests.calculators import items, lending
from tests.calculators.awards import cap_model as model
from tests.support.seeds import examples

# Twelve due days over two years, two months apart.
DUES = [date(2024 + n // 6, 1 + 2 * (n % 6), 15) for n in range(12)]
FIRMS, LENDERS, LAUNCHES = ("E1", "E2", "E3"), ("Bank 1", "Bank 2"), ("launch 1", "launch 2")


def name(**values: str) -> str:
    """A key in the model's words, in the order of the calculators' keys."""
    return "/".join(f"{one}={values[one]}" for one in sorted(values))


@dataclass
class Event:
    """A part: the place of its due day, its claim, of a loan what is claimed after the new year too."""

    n: int
    claim: int
    later: int = 0
    kept: Fraction | None = None
    gained: int = 0


@dataclass
class Row:
    """A granted line as the registers know it, and what stands on it."""

    id: str
    of: str
    firm: str
    lender: str
    launch: str
    events: list[Event]
    granted: int
    ceiling: int
    drawn: list[tuple[int, int]]
    opened: tuple[int, int] | None = None
    held: int | None = None
    failed: bool = False
    posted: Posted | None = None
    line: model.Line | None = None


class World:
    """Two notices with random caps, some lines, and what both sides make of each run."""

    def __init__(self, random: Random) -> None:
        self.random = random
        pick = random.random
        self.joint = random.randint(1, 25)
        self.sides = random.choice(["both", "both", "both", "items", "loans"])
        self.own = {
            "launch": random.randint(1, 20) if pick() < 0.7 else None,
            "yearly": random.randint(1, 15) if pick() < 0.4 else None,
            "lender": random.randint(1, 20) if pick() < 0.7 else None,
            "calendar": random.randint(1, 15) if pick() < 0.4 else None,
            "drawn": 1 if pick() < 0.4 else None,
        }
        item_caps, loan_caps = [], []
        if self.sides != "loans":
            item_caps.append(items.cap("joint", "entity", cents(self.joint), shared_with=["notice-l"]))
        if self.sides != "items":
            loan_caps.append(lending.cap("joint", "entity", cents(self.joint), shared_with=["notice-i"]))
        if self.own["launch"]:
            item_caps.append(items.cap("launch", "item", cents(self.own["launch"])))
        if self.own["yearly"]:
            item_caps.append(items.cap("yearly", "entity year", cents(self.own["yearly"]), year_of="due_date"))
        if self.own["lender"]:
            loan_caps.append(lending.cap("lender", "lender", cents(self.own["lender"])))
        if self.own["calendar"]:
            yearly = lending.cap("calendar", "entity year", cents(self.own["calendar"]), year_of="accrual_day")
            loan_caps.append(yearly)
        if self.own["drawn"]:
            loan_caps.append(lending.cap("drawn", "loan", share_of_drawdown="1%"))
        self.items = items.premium_notice(id="notice-i", caps=item_caps)
        self.loans = lending.notice(id="notice-l", caps=loan_caps)
        self.rows = [self.row(f"{n}") for n in range(random.randint(1, 4))]
        self.outside = [self.paid(n) for n in range(random.choice([0, 0, 1, 2]))]
        self.runs: dict[str, list[dict[str, tuple[Posted | None, model.Line | None]]]] = {"I": [], "L": []}

    def row(self, key: str) -> Row:
        random = self.random
        of = random.choice("IL")
        ceiling = random.choice([10**6, 10**6, 10**6, random.randint(0, 20)])
        drawn = sorted((random.randrange(12), random.randint(1, 8)) for _ in range(random.randint(1, 3)))
        row = Row(
            f"G-{key}",
            of,
            random.choice(FIRMS),
            random.choice(LENDERS),
            random.choice(LAUNCHES),
            self.events(of),
            random.randrange(12),
            ceiling,
            drawn,
        )
        past = [event.n for event in row.events if event.n <= row.granted]
        if past and random.random() < 0.3:
            # On a due day of its line, or in a year in which the line has parts.
            n = random.choice(past)
            row.opened = random.choice([n, n - n % 6 + random.randrange(6)]), random.randint(1, 10)
        return row

    def events(self, of: str) -> list[Event]:
        random = self.random
        found, total = [], 0
        for n in sorted(random.sample(range(12), random.randint(1, 4))):
            claim, later = random.randint(0, 12), 0
            event = Event(n, claim)
            if of == "L" and n == 6 and random.random() < 0.7:
                later = random.randint(0, 8)
                event.later = later
            elif of == "I" and random.random() < 0.35:
                event.claim = claim = -random.randint(0, min(total, 10))
            elif of == "I" and random.random() < 0.1:
                event.kept, event.gained = Fraction(random.randint(0, 4), 4), random.randint(0, 4)
                left = int(event.kept * (total + event.gained) + Fraction(1, 2))
                event.claim = claim = left - total
            total += claim + later
            found.append(event)
        return found

    def paid(self, n: int) -> Outside:
        random = self.random
        loan = random.choice(["", "launch 1", "G-0"])
        notice = random.choice(["notice-i", "notice-l"])
        return Outside(notice, random.choice(FIRMS), "", random.choice(LENDERS), loan, DUES[n], random.randint(1, 8))

    # The calculators' side.

    def capped(self, row: Row, through: int) -> CappedLine:
        made = self.item_line(row, through) if row.of == "I" else self.loan_line(row, through)
        if row.held is not None:
            made.held_from = DUES[row.held]
        return made

    def item_line(self, row: Row, through: int) -> CappedLine:
        policy = replace(items.policy(row.id, ("2024-01-01", "1")), item=row.launch, uscc=row.firm)
        line = replace(items.line(policy, self.items, ceiling=cents(row.ceiling)), id=row.id)
        parts: list[CappedPart] = [
            ItemPart(
                self.items,
                DUES[event.n] - timedelta(days=1),
                0,
                event.claim,
                proportion=None if event.kept is None else Proportion(Exact(event.kept), event.gained),
            )
            for event in row.events
            if event.n <= through
        ]
        return CappedLine(line, parts)

    def loan_line(self, row: Row, through: int) -> CappedLine:
        lent = lending.loan(row.id, {"2023-12-01": "0.01"}, "2026-01-01", lender=row.lender, uscc=row.firm)
        moved = tuple(Movement(DUES[n] - timedelta(days=40), fen * 100) for n, fen in row.drawn)
        line = lending.line(replace(lent, movements=moved), self.loans, ceiling=cents(row.ceiling))
        line = replace(line, id=row.id)
        version = Version("notice-l@sha256:0000", self.loans)
        parts: list[CappedPart] = []
        for event in row.events:
            if event.n > through:
                continue
            due = DUES[event.n]
            period = Period(due - timedelta(days=30), due)
            cuts = [(period.starts_on, due, event.claim)]
            if event.later:
                new_year = date(due.year, 1, 1)
                cuts = [(period.starts_on, new_year, event.claim), (new_year, due, event.later)]
            for starts_on, ends_before, claim in cuts:
                part = Part(period, starts_on, ends_before, version, [], Exact(0))
                part.claim_fen = claim
                parts.append(part)
        return CappedLine(line, parts)

    def openings(self) -> Iterator[tuple[Row, Outside]]:
        for row in self.rows:
            if row.opened:
                n, fen = row.opened
                notice = "notice-i" if row.of == "I" else "notice-l"
                loan = row.launch if row.of == "I" else row.id
                yield row, Outside(notice, row.firm, row.id, row.lender, loan, DUES[n], fen)

    # The model's side.

    def limits(self, row: Row, n: int, year: int) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]:
        """Limits, keys that are only used, keys that grow, of an item's part or one of a loan in an accrual year."""
        limits: dict[str, int] = {}
        joint_i, joint_l = (name(cap="joint", notice=one, entity=row.firm) for one in ("notice-i", "notice-l"))
        used = []
        for side, key in (("items", joint_i), ("loans", joint_l)):
            if self.sides not in ("both", side):
                continue
            if (side == "items") == (row.of == "I"):
                limits[key] = self.joint
            else:
                used.append(key)
        due_year = str(2024 + n // 6)
        if row.of == "I":
            if self.own["launch"]:
                limits[name(cap="launch", notice="notice-i", item=row.launch)] = self.own["launch"]
            if self.own["yearly"]:
                limits[name(cap="yearly", notice="notice-i", entity=row.firm, due_date=due_year)] = self.own["yearly"]
            return limits, tuple(used), ()
        grows: tuple[str, ...] = ()
        if self.own["lender"]:
            limits[name(cap="lender", notice="notice-l", lender=row.lender)] = self.own["lender"]
        if self.own["calendar"]:
            key = name(cap="calendar", notice="notice-l", entity=row.firm, accrual_day=str(year))
            limits[key] = self.own["calendar"]
        if self.own["drawn"]:
            grows = (name(cap="drawn", notice="notice-l", loan=row.id),)
            limits[grows[0]] = sum(fen for at, fen in row.drawn if at <= n)
        return limits, tuple(used), grows

    def line(self, row: Row, through: int) -> model.Line:
        """The model's line, with what stands on it."""
        parts = []
        for event in row.events:
            if event.n > through:
                continue
            for year, claim in self.cuts(row, event):
                limits, used, grows = self.limits(row, event.n, year)
                parts.append(model.Part(event.n, claim, limits, used, grows, event.kept, event.gained))
        line = row.line or model.Line(row.firm, [])
        if row.line is None and row.opened:
            line.posted = {row.opened[0]: row.opened[1]}
            line.held = dict(self.opened_keys(row))
        held_from = model.NEVER if row.held is None else row.held
        return replace(line, firm=row.firm, parts=parts, ceiling=row.ceiling, held_from=held_from)

    def cuts(self, row: Row, event: Event) -> list[tuple[int, int]]:
        """Accrual year and claim of the parts of one due day; the drawdowns before its end count."""
        year = DUES[event.n].year
        if row.of == "I" or event.n != 6:
            return [(year, event.claim)]
        # Due in January: without a cut the part's last day decides.
        return [(2024, event.claim), (2025, event.later)] if event.later else [(2025, event.claim)]

    def opened_keys(self, row: Row) -> dict[str, int]:
        assert row.opened
        n, fen = row.opened
        limits, used, _ = self.limits(row, n, DUES[n].year)
        return dict.fromkeys((*limits, *used), fen)

    def outside_of(self, paid: Outside) -> list[tuple[str, str, int]]:
        of = "I" if paid.notice == "notice-i" else "L"
        n = DUES.index(paid.due)
        row = Row("", of, paid.uscc, paid.lender, paid.loan, [], 0, 0, [])
        row.id = paid.loan
        limits, used, _ = self.limits(row, n, paid.due.year)
        return [(key, paid.uscc, paid.amount_fen) for key in (*limits, *used)]

    # Both.

    def run(self, of: str, through: int) -> None:
        """One run of one notice's lines; both sides must come out alike."""
        known = [row for row in self.rows if row.granted <= through]
        sound = [row for row in known if not row.failed]
        capped = {row.id: self.capped(row, through) for row in sound}
        posted = {row.id: row.posted for row in known if row.posted}
        opened = [one for row, one in self.openings() if row in known]
        posts, outside_all = {row.id for row in known if row.of == of}, [*self.outside, *opened]
        fill(list(capped.values()), outside_all, posted, posts)
        # Who says that nothing binds a line says what the passes over all lines say.
        passed = {row.id: self.capped(row, through) for row in sound}
        with mock.patch.object(filling, "settle_uncontended", lambda lines, *_: list(lines)):
            fill(list(passed.values()), outside_all, posted, posts)
        for key, one in capped.items():
            found = [(part.award_fen, part.withheld_fen) for part in one.parts]
            assert found == [(part.award_fen, part.withheld_fen) for part in passed[key].parts], key
            assert one.fills == passed[key].fills, key

        ranked = sorted(sound, key=lambda row: (self.items.order if row.of == "I" else self.loans.order, row.id))
        lines = {row.id: self.line(row, through) for row in ranked}
        for row in ranked:
            line = lines[row.id]
            days = [*line.posted, *(part.due for part in line.parts)]
            line.posts = row.of == of and (row.held is None or any(n < row.held for n in days))
        outside = [one for paid in self.outside for one in self.outside_of(paid)]
        fixed: dict[str, int] = {}
        for row in known:
            if row.failed and row.posted:
                # Of a line that is not calculated only the keys of its last digest are known.
                line = self.line(row, through)
                for key in (name(**dict(key)) for key in row.posted.keys):
                    fixed[key] = fixed.get(key, 0) + line.held.get(key, 0)
            elif row.failed and row.opened:
                outside += [(key, row.firm, fen) for key, fen in self.opened_keys(row).items()]
        out = model.fill(list(lines.values()), outside, fixed)

        for at, row in enumerate(ranked):
            one = capped[row.id]
            assert [part.award_fen for part in one.parts] == out.awards[at] or row.of != of, row.id
            if lines[row.id].posts:
                if not any(other.posted or other.opened for other in known):
                    assert sum(part.withheld_fen for part in one.parts) == out.withheld[at]
                for key, found in one.fills.items():
                    told = name(**dict(key))
                    assert found.own_fen == out.after[at].get(told, 0), told
        self.compare_over(capped, out)
        self.runs[of].append({row.id: (row.posted, row.line and replace(row.line)) for row in self.rows})
        model.post(list(lines.values()), out, through)
        for row in ranked:
            if not lines[row.id].posts:
                continue
            row.line = lines[row.id]
            self.post(row, capped[row.id], through)

    def compare_over(self, capped: dict[str, CappedLine], out: model.Outcome) -> None:
        limits: dict[str, int] = {}
        total: dict[str, int] = {}
        for one in capped.values():
            for key, found in one.fills.items():
                if found.most_fen is not None:
                    told = name(**dict(key))
                    limits[told] = max(limits.get(told, 0), found.most_fen)
                    stands = found.outside_fen + found.others_fen + found.own_fen
                    assert total.setdefault(told, stands) == stands
        over = {key: total[key] - limits[key] for key in limits if total[key] > limits[key]}
        assert over == out.over

    def post(self, row: Row, one: CappedLine, through: int) -> None:
        """What the book has after the run: due days before the first held are as calculated."""
        dues: dict[date, int] = {}
        own = row.opened
        for part in one.parts:
            if part.due < one.held_from:
                dues[part.due] = dues.get(part.due, 0) + part.award_fen
        if own and DUES[own[0]] < one.held_from:
            dues[DUES[own[0]]] = dues.get(DUES[own[0]], 0) - own[1]
        if row.posted:
            dues |= {due: fen for due, fen in row.posted.dues.items() if due >= one.held_from}
        keys: dict[Key, int] = {key: found.own_fen for key, found in one.fills.items()}
        row.posted = Posted(dues, keys, DUES[through] + timedelta(days=1))

    def withdraw(self, of: str) -> None:
        before = self.runs[of].pop() if self.runs[of] else {}
        for row in self.rows:
            if row.of == of and row.id in before:
                row.posted, row.line = before[row.id]

    def change(self) -> None:
        """A late fact: other claims, another lender, a due day corrected, a ceiling, a hold, a failure."""
        random = self.random
        row = random.choice(self.rows)
        match random.randrange(6):
            case 0:
                row.events = self.events(row.of)
            case 1:
                row.lender = random.choice(LENDERS)
            case 2 if row.of == "I" and not row.opened:
                events = self.events(row.of)
                for event, other in zip(row.events, events, strict=False):
                    event.n = other.n
                row.events = sorted({event.n: event for event in row.events}.values(), key=lambda event: event.n)
            case 3:
                row.ceiling = random.choice([10**6, random.randint(0, 20)])
            case 4 if row.of == "L":
                row.held = random.choice([None, random.randrange(12)])
            case 5:
                row.failed = not row.failed


def cents(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def play(random: Random) -> None:
    """A history of runs month by month, with whatever happens between."""
    world = World(random)
    through = random.randrange(0, 4)
    while through < 12:
        for of in random.sample("IL", random.randint(1, 2)):
            world.run(of, through)
        happens = random.random()
        if happens < 0.15:
            world.withdraw(random.choice("IL"))
        elif happens < 0.45:
            world.change()
        through += random.randint(0, 4)


@settings(max_examples=examples(120))
@given(st.integers(0, 2**32 - 1))
def test_calculators_and_model_agree_over_any_history(seed: int) -> None:
    play(Random(seed))

"""The set of duties in force, and who may give which signature under it.

A set is a record of its own, in force with another person's agreement. What stood before goes on under the set of its
time; without one, whoever has not made a thing may agree to it, as before there were duties.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.acts import ACTS, ENROL, REPLACE_KEY, RULES, act_words, words_of
from ledger.office.duties import ANY, OTHERS, SELF, Duties, duties_of, gaps, office
from ledger.office.people import OFFICER, Person
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import DECISIONS, OF_TWO, WAITING, agreed, answers
from ledger.store.ledger import View, Writer
from ledger.words import _

KEY = "duties"
# Words of a step that name no post.
POSTS = {ANY: N_("anybody"), SELF: N_("the person concerned"), OTHERS: N_("somebody else")}


def _of_their_own() -> Iterator[str]:
    """Acts whose records are approved themselves; of all others the act is approved."""
    yield from (ENROL, REPLACE_KEY)
    for name in ("proposal", "order", "payment_batch", *(kind.name for kind in OF_TWO if kind is not kinds.DECISION)):
        yield from words_of(RULES[name])
    for name, state in WAITING:
        yield from words_of(RULES[name], state)
    for type_ in DECISIONS:
        yield from words_of(RULES["decision"], type_)


OF_THEIR_OWN = frozenset(_of_their_own())


class SignsAs(NamedTuple):
    """As which post somebody signs, and whom he or she stands in for ("" for nobody)."""

    post: str
    stands_for: str = ""


@lru_cache(maxsize=8)
def set_of(text: str) -> Duties:
    """The set in the text of a record."""
    return duties_of(text, KEY)


def history(view: View) -> list[tuple[int, Duties]]:
    """The sets that were ever in force, each with the log index of the approval that put it there, in order.

    A ledger that two people founded begins under one.
    """
    first = view.body(kinds.GENESIS, 0).get("duties") if view.size else None
    founded = [(0, set_of(first))] if first else []
    if next(iter(view.records(kinds.DUTIES)), None) is None:
        return founded
    said = answers(view)
    later = ((said[row.seq].seq, set_of(row.body["text"])) for row in agreed(view, kinds.DUTIES))
    return [*founded, *sorted(later, key=lambda one: one[0])]


def in_force(view: View) -> Duties | None:
    """The set in force; None where there is none."""
    return at(history(view), view.size)


def at(sets: Sequence[tuple[int, Duties]], size: int) -> Duties | None:
    """Which of the sets of a `history` was in force when the log had `size` records; None for none."""
    return next((found for seq, found in reversed(sets) if seq < size), None)


def ask_for(writer: Writer, text: str, source: str, signer: Signer | None) -> int:
    """Ask for a set of duties to be in force; the number of the record that somebody else has to agree to.

    Refuses what `duties_of` refuses.
    """
    duties_of(text, source)
    body = kinds.DutiesBody(key=KEY, text=text, sha256=sha256(text.encode()).hexdigest())
    return append_signed(writer, signer, kinds.DUTIES, body)


def posts_after_the_first(duties: Duties | None, act: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """The posts of the signatures that an act takes after its first; `before` are those that it takes by itself."""
    if duties is None or act not in duties.acts:
        return before
    own = tuple(in_words(duties, step) for step in duties.acts[act].steps[1:])
    return own + tuple(post for post in before if post and post not in own)


def in_words(duties: Duties, step: Collection[str]) -> str:
    """The posts of a step by the names that the office gives them."""
    return "/".join(duties.posts.get(post, post) for post in step)


def signs_as(
    duties: Duties, act: str, number: int, actor: str, known: Mapping[str, Person], day: date, barred: Collection[str]
) -> SignsAs:
    """As which post `actor` gives signature `number` (from 0) of an act on a day; `barred` are who may not.

    Refuses `duty_differs`, which says who can sign and who is barred.
    """
    found = _may(duties, act, number, actor, known, day, barred)
    if found is not None:
        return found
    posts = duties.acts[act].steps[number]
    able = [one for one in sorted(known) if _may(duties, act, number, one, known, day, barred)]
    raise refuse(
        "duty_differs",
        N_("signature {step} of {act} is for {posts}, and {actor} ({post}) does not give it"),
        N_("it can be signed by: {able}; barred are: {barred}"),
        Place(act),
        step=number + 1,
        act=act_words(act),
        posts=step_words(duties, posts),
        actor=actor,
        post=known[actor].post or OFFICER,
        able=named(able, known),
        barred=named(sorted(barred), known),
    )


def named(people: Iterable[str], known: Mapping[str, Person]) -> str:
    """Staff numbers with posts, "-" for nobody."""
    return ", ".join(f"{one} ({known[one].post or OFFICER})" for one in people if one in known) or "-"


def _may(
    duties: Duties, act: str, number: int, actor: str, known: Mapping[str, Person], day: date, barred: Collection[str]
) -> SignsAs | None:
    duty, person = duties.acts[act], known[actor]
    posts = duty.steps[number]
    if actor in barred or not person.in_office(day):
        return None
    # Neither who enters a person nor who agrees is the person concerned: rules of people ask that.
    if {ANY, OTHERS, SELF} & set(posts) or _held(duties, person.post, posts):
        return SignsAs(person.post or OFFICER)
    if duty.exit != "substitute":
        return None
    for holder in known.values():
        if duties.never_both_of(person.post, holder.post):
            continue
        named = holder.substitute
        stands_in = named and named.by == actor and named.starts_on <= day <= named.last_day
        if stands_in and holder.in_office(day) and _held(duties, holder.post, posts):
            return SignsAs(holder.post, holder.staff_no)
    return None


def _held(duties: Duties, post: str, posts: Collection[str]) -> bool:
    return any(post in (one, duties.posts.get(one)) for one in posts)


def apart_of(duties: Duties, act: str, signed: Mapping[str, str]) -> frozenset[str]:
    """Who gives no last signature of an act; `signed` says of the steps of its batch (`pay:2`) who gave them."""
    return frozenset(signed[step] for step in duties.acts[act].apart if step in signed)


def unfit(duties: Duties, people: Collection[Person], day: date, acts: Collection[str] = ACTS) -> str:
    """What keeps a set from being in force: few people, an act that nobody can give, or one that it lacks; else "".

    `acts` are those that the records can be.
    """
    if len(office(people, day).present) < duties.people_at_least:
        return "people_at_least"
    gone = [gap.act for gap in gaps(duties, people, day) if not gap.absent]
    return next(iter(gone), "") or incomplete(duties, acts)


def check_whole(text: str, source: str) -> None:
    """Refuse a set that no ledger can be under: `duties_unfit`, and what `duties_of` refuses."""
    wrong = incomplete(duties_of(text, source))
    if wrong:
        raise refuse(
            "duties_unfit",
            N_("this set cannot be in force: {reason}"),
            N_("`subsidy duties check` shows what cannot be signed; begin with a set that comes with the program"),
            Place(source),
            reason=wrong,
        )


def incomplete(duties: Duties, acts: Collection[str] = ACTS) -> str:
    """An act that a set does not say: it keeps the set from being in force whoever the people are; else ""."""
    return min(set(acts) - duties.acts.keys(), default="")


def few_words(there: int, least: int) -> str:
    """That there are fewer people in office than a set of duties takes."""
    text = _("{there} people are in office, and this set takes {least} or more.")
    return text.format(there=there, least=least)


def unfit_words(duties: Duties, people: Collection[Person], day: date, wrong: str) -> str:
    """What `unfit` has found, in words."""
    if wrong == "people_at_least":
        return few_words(len(office(people, day).present), duties.people_at_least).rstrip("。.")
    gone = [gap for gap in gaps(duties, people, day) if not gap.absent and gap.act == wrong]
    if gone:
        text = _("nobody could sign as {posts}, which {act} needs")
        return text.format(act=act_words(wrong), posts=step_words(duties, gone[0].posts))
    return _("it does not say who signs this act: {act}").format(act=act_words(wrong))


def step_words(duties: Duties, step: Collection[str]) -> str:
    """The posts that may give a signature, in words."""
    return "/".join(_(POSTS[post]) if post in POSTS else in_words(duties, [post]) for post in step)


def unheld(duties: Duties, people: Collection[Person], day: date) -> list[str]:
    """The posts of a set that nobody in office holds, by the names that the office gives them."""
    held = {person.post for person in people if person.in_office(day)}
    return [word for post, word in duties.posts.items() if not held & {post, word}]


def rests_on_another(duties: Duties, act: str) -> bool:
    """Whether the act itself is what somebody else has to sign."""
    return act in duties.acts and len(duties.acts[act].steps) > 1 and act not in OF_THEIR_OWN

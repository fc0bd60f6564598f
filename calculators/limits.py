"""What bounds a line as a whole beside caps: the grant's ceiling and the decisions below it, and what they withhold.

A decision is an input: it is recorded once and never reckoned again. What lies above the lowest limit is withheld and
is never topped up by itself.
"""

from calculators.awards.lines import AwardLine, Limit

__all__ = ["lowest_limit", "withheld_by"]


def lowest_limit(line: AwardLine) -> int:
    """The most that may ever be due on the line, in fen."""
    return min([line.grant.ceiling_fen, *(limit.amount_fen for limit in line.limits)])


def withheld_by(line: AwardLine, withheld_fen: int) -> list[dict[str, str | int]]:
    """The field `withheld` of a digest: per decision that cut something, what it cut of what the earlier ones had left.

    First the ceiling, then the line's limits in their order; the parts sum to `withheld_fen`.
    """
    ceiling = Limit("grant_ceiling", line.grant.ceiling_fen, line.grant.document)
    # Something is withheld where the award has reached the lowest limit; a return later on leaves it withheld.
    left_fen = lowest_limit(line) + withheld_fen
    found: list[dict[str, str | int]] = []
    for limit in (ceiling, *line.limits):
        cut_fen = max(0, left_fen - limit.amount_fen)
        if cut_fen:
            document = {"document": limit.document} if limit.document else {}
            found.append({"code": limit.code, "limit_fen": limit.amount_fen, "amount_fen": cut_fen, **document})
            left_fen -= cut_fen
    return found

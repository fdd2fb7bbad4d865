"""Whether both parties cite the same: asked by year, by specialty, of groups, or with how decisions end."""

from kg.questions.beside import BESIDE
from kg.questions.facets import facet_table
from kg.questions.meaning.asked import Asked
from kg.questions.meaning.refusals import FINEST_FIRST
from kg.questions.question import Condition, Kind

_PARTIES = {"SAME", "SIDES", "CITE", "PARTY", "TREND", "OFTEN", "SHARE", "RATE"}
_SPLITTING = {"WHICH", "MOST", "LEAST", "CITED_MOST", "WHO"}


def settle(asked: Asked, kind: Kind, level: str | None) -> tuple[Kind, str | None]:
    """The kind of answer, and its level, where more is asked than the table of both sides tells.

    It is then the share of the decisions in which both parties cite something, or, where it is asked how
    these end, the rate of those in which they cite the same, or not.
    """
    if kind is not Kind.SIDES or level is None or "SAME" not in asked.seen:
        return kind, level
    asked.others &= bool(asked.conditions)  # `same section cited by both vs not`: the table has all
    loose = asked.loose if asked.seen & _SPLITTING else []
    split = [name for name in (*asked.by, *loose) if name not in FINEST_FIRST]
    if not (split or "TREND" in asked.seen or asked.after or not facet_table.are_filters(asked.conditions)):
        return kind, level
    name = f"agreement_{level}"
    unlike = any(p.type == "SAME" and BESIDE.within("UNLIKE", p.printed) for p in asked.phrases)
    wanted = Condition(name, ("different" if unlike else "same",))
    asked.by = [one for one in asked.by if one not in FINEST_FIRST]
    asked.loose = [one for one in asked.loose if one not in FINEST_FIRST]
    if "TREND" in asked.seen and not split:
        asked.by.append("year")
    ended = asked.outcome is not None or asked.denied or "RATE" in asked.seen
    asked.seen -= _PARTIES if not ended else _PARTIES - {"OFTEN", "RATE"}
    if ended:
        asked.conditions.append(wanted)
        return Kind.FIGURES, None
    asked.part.append(wanted)
    asked.conditions.append(Condition(name, facet_table.BOTH_CITE))
    return Kind.PARTS, None


def places_apart(asked: Asked) -> None:
    """See that both parties cite one work in other places, which is a condition, or what a share is of."""
    if not BESIDE.within("SAME_BOOK", asked.text):
        return
    apart = [c for c in asked.conditions if c.name.startswith("agreement_")]
    asked.seen -= {"SIDES", "SAME", "PARTY", "CITE", "COMPARE"}
    asked.loose = [name for name in asked.loose if name not in FINEST_FIRST]
    if asked.seen & {"OFTEN", "SHARE"} and asked.outcome is None and not asked.seen & {"MOST", "LEAST"}:
        asked.conditions = [c for c in asked.conditions if c not in apart]
        asked.part += apart
        asked.seen -= {"OFTEN"}
    elif not (asked.outcome or asked.denied or asked.seen & {"RATE", "STRICT"}):
        asked.seen.add("COUNT")

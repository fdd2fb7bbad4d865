"""What a question asks, from the parts that were found of it; a word without effect is an error."""

from itertools import permutations

from kg.errors import QuestionError
from kg.model import Outcome, Party
from kg.questions import vocabulary
from kg.questions.asked import Asked, day_before
from kg.questions.question import Condition, Kind, Question

_CHOOSING = {"WHICH", "MOST", "LEAST", "CITED_MOST", "MATTER", "BY", "WHO", "COMPARE", "ASSOCIATED"}
"""With one of these, a kind of thing (``services``) is what the answer is split by."""
_ENDING = {"ASSOCIATED", "RATE", "SHARE", "DENIAL", "STRICT", "MATTER"}
"""With one of these, it is asked how decisions end, and not how many there are."""
_SPLIT = {Kind.FIGURES, Kind.TREND, Kind.GROUNDS}
"""The kinds of question whose answer can be split."""
_TIMES = {"year", "month"}
_NOUNS = {"category", "subcategory", "drug", "drug_class", "edition"}
"""Kinds of thing whose name says nothing beside a condition on one: *opioid medications*, *PT services*."""
_FINER = {"category": "subcategory", "subcategory": "drug", "guideline": "section"}
"""What a condition's things are asked by, in “which opioids are overturned most”."""
_COMPARED = {"category", "subcategory", "drug", "specialty", "body_part"}
"""Filters of which several values can be told apart by what an answer is split by."""
_FINEST_FIRST = ("page", "section", "chapter", "guideline")
LEVELS = {*_FINEST_FIRST}
_PAGED = {"chronic-pain": "chronic-pain/2009"}
"""What a page that is named without its edition is a page of."""


def question(asked: Asked) -> Question:
    """The question that the parts ask together.

    Raises:
        QuestionError: they ask nothing that can be answered, or a word of them would be without effect.
    """
    several = any(len(c.values) > 1 for c in asked.conditions) or len(asked.conditions) > 1
    if asked.sides and not (asked.both and several):
        raise QuestionError(f"“{asked.sides[0]}” of which part of the body?")
    if asked.denied and asked.outcome is None:
        asked.outcome = Outcome.UPHELD
    elif asked.denied and asked.seen & {"OR", "VERSUS", "THAN"} and not asked.after:
        raise QuestionError(f"one outcome can be asked about, not both {asked.outcome} and denied")
    kind, level = _kind(asked)
    if "drug" in asked.loose and not asked.seen & _CHOOSING and not asked.has(_NOUNS):
        asked.loose.remove("drug")  # `share of drugs overturned`
        asked._condition(Condition("category", ("Pharmaceuticals",), asked="drugs"))
    if asked.later:
        _later(asked, asked.later, kind)
    conditions, groups = _groups(asked)
    where = tuple(settled(condition) for condition in conditions)
    if groups and sum(phrase.type == "VERSUS" for phrase in asked.phrases) > 1:
        where, groups = _several(asked, where, groups), ()
    _agreeing(where)
    groups = tuple(settled(group) for group in groups)
    order = "least" if "LEAST" in asked.seen else "most" if asked.seen & {"MOST", "CITED_MOST"} else None
    if groups:
        order = None
    by = _by(asked, kind, level, where, ordered=bool(order))
    outcome, counts = _counted(asked, kind, groups)
    _all_used(asked, kind, level, by, groups, ordered=bool(order), where=where)
    if asked.limit and not order and kind in {Kind.FIGURES, Kind.TREND} and by:
        order = "most"
    administrator = "PARTY" in asked.seen and kind is not Kind.SIDES
    return Question(
        kind=kind,
        outcome=None if asked.case else outcome,
        where=where,
        by=by,
        groups=groups,
        level=level,
        party=Party.CLAIMS_ADMINISTRATOR if administrator else Party.REVIEWER,
        order=order,
        limit=asked.limit,
        case=asked.case,
        counts=counts,
    )


def _by(
    asked: Asked, kind: Kind, level: str | None, where: tuple[Condition, ...], *, ordered: bool
) -> tuple[str, ...]:
    """What the answer is split by."""
    loose = asked.loose if asked.seen & _CHOOSING else []
    if level and asked.has({"guideline"}):
        loose = [name for name in loose if name != "guideline"]  # `pages of the chronic pain guideline`
    by = list(dict.fromkeys(name for name in (*asked.by, *loose) if name not in (level, *_above(level))))
    if kind is Kind.GROUNDS:
        by = [name for name in by if name != "ground"]
    if kind is Kind.FIGURES and not by:
        if asked.seen & {"WHO", "STRICT"} and not asked.has({"specialty"}):
            by = ["specialty"]
        elif ordered and not asked.compared:
            by = _finer(asked, where)
    if by and kind not in _SPLIT:
        raise QuestionError(f"{kind.value} cannot be split by {by[0].replace('_', ' ')}")
    return tuple(by)


def _above(level: str | None) -> tuple[str, ...]:
    """The levels of guidelines above one."""
    return _FINEST_FIRST[_FINEST_FIRST.index(level) + 1 :] if level else ()


def _agreeing(where: tuple[Condition, ...]) -> None:
    """See that no condition excludes what another asks for: *not MRI* and *imaging* are one value here.

    Raises:
        QuestionError: one does.
    """
    for one, other in permutations(where, 2):
        shared = set(one.values) & set(other.values) - {vocabulary.EVER}
        if one.negated and not other.negated and one.name == other.name and shared:
            raise QuestionError(f"“{other.asked}” is asked for and excluded: both mean {min(shared)}")


def _finer(asked: Asked, where: tuple[Condition, ...]) -> list[str]:
    """What “which opioids are overturned most” is asked by: the things under the one that is named."""
    if "WHICH" in asked.seen:
        for condition in where:
            if len(condition.values) > 1 and condition.name in _COMPARED and not condition.negated:
                return [condition.name]  # `which of Percocet, OxyContin and Norco`
            if condition.name == "subcategory" and not set(condition.values) <= vocabulary.drug_classes():
                continue
            if condition.name in _FINER and not condition.negated:
                return [_FINER[condition.name]]
    raise QuestionError("the most of what? Name it, such as “which services” or “by specialty”")


def _counted(asked: Asked, kind: Kind, groups: tuple[Condition, ...]) -> tuple[Outcome | None, bool]:
    """The outcome that is asked about, and whether a number is asked for."""
    counts = "COUNT" in asked.seen or _cites_counted(asked, groups)
    outcome = asked.outcome
    if outcome is None and kind in {Kind.FIGURES, Kind.ASSOCIATIONS, Kind.TREND, Kind.GROUNDS}:
        if "SHARE" in asked.seen and not counts and kind is not Kind.GROUNDS:
            raise QuestionError("the share that ended how? Ask for “share overturned” or “upheld”")
        outcome = None if counts and kind in {Kind.FIGURES, Kind.TREND} else Outcome.OVERTURNED
    return outcome, counts


def _all_used(
    asked: Asked,
    kind: Kind,
    level: str | None,
    by: tuple[str, ...],
    groups: tuple[Condition, ...],
    *,
    ordered: bool,
    where: tuple[Condition, ...],
) -> None:
    """Refuse a question of which a word would be without effect.

    Raises:
        QuestionError: there is such a word.
    """
    if asked.case and kind in {Kind.RELATED, Kind.CONTRAST} and (where or asked.outcome or by):
        raise QuestionError("decisions like those of a case are asked for without conditions")
    named = {condition.name for condition in (*where, *groups)} | {*by, level, *_above(level)}
    for name in asked.loose:
        times = name in _TIMES and "decision_date" in named
        if not (
            asked.case
            or name in named
            or times
            or (name in _NOUNS and named & {*_NOUNS, "body_part"})
            or name in {"category", "subcategory"}
        ):
            raise QuestionError(
                f"“{name.replace('_', ' ')}” is without meaning here: ask “by {name.replace('_', ' ')}”"
            )
    cites = named & {"guideline", "edition"} or level or kind is Kind.SIDES
    if "PARTY" in asked.seen and not cites and not asked.case:
        raise QuestionError(
            "letters state what the claims administrator cites: name a guideline, or ask “which sections”"
        )
    if "CITE" in asked.seen and not cites and not asked.case:
        raise QuestionError("cite what? Name a guideline, chapter, section or page")
    if "SAME" in asked.seen and kind is not Kind.SIDES:
        raise QuestionError("the same as what? “do both sides cite the same page” can be asked")
    if "COMPARE" in asked.seen and not groups and not by and kind is not Kind.SIDES:
        raise QuestionError("compare what with what? Name two things of one kind")
    if "MATTER" in asked.seen and kind is Kind.FIGURES and not by:
        raise QuestionError("whether a thing matters is asked by its kind, such as “does specialty matter”")
    if "TREND" in asked.seen and kind not in {Kind.TREND, Kind.FIGURES}:
        raise QuestionError(f"{kind.value} are not counted over time; “by year” can be asked of decisions")
    if asked.number and not (
        by or ordered or level or kind in {Kind.CASES, Kind.GROUNDS, Kind.SIDES, Kind.RELATED, Kind.CONTRAST}
    ):
        raise QuestionError(f"“{asked.number}” of what?")


def _cites_counted(asked: Asked, groups: tuple[Condition, ...]) -> bool:
    """Whether how often something is cited is asked, as in “is ODG cited more often than ACOEM”."""
    compared = bool(groups) and groups[0].name == "guideline" and "THAN" in asked.seen
    ranked = bool(asked.seen & {"MOST", "LEAST", "TREND"}) and not asked.seen & _ENDING
    cited = "CITE" in asked.seen and (compared or ranked or "OFTEN" in asked.seen)
    return asked.outcome is None and (cited or "CITED_MOST" in asked.seen)


def _asks_grounds(asked: Asked) -> bool:
    """Whether grounds are asked for themselves, and not what other things are split by."""
    return any(
        p.type == "GROUNDS"
        and (at == 0 or asked.phrases[at - 1].type != "BY")
        and (at + 1 == len(asked.phrases) or asked.phrases[at + 1].meaning.name != "ground")
        for at, p in enumerate(asked.phrases)
    )


def _asks_both(asked: Asked) -> bool:
    """Whether it is asked what each party cites: “what does UR cite, and what does the reviewer cite”."""
    cites = sum(phrase.type == "CITE" for phrase in asked.phrases)
    return cites > 1 and "PARTY" in asked.seen and "reviewer" in asked.text.lower()


def _later(asked: Asked, later: Condition, kind: Kind) -> None:
    """A date after which: the change that a trend is asked for, else a condition."""
    if kind is Kind.TREND and not asked.compared:
        last = day_before(later.values[0].removesuffix(".."))
        asked.conditions.append(Condition("decision_date", (f"..{last}",), asked=f"until {last}"))
        asked.compared = True
        asked.after.append(later)
    else:
        asked.conditions.append(later)


def _groups(asked: Asked) -> tuple[list[Condition], tuple[Condition, ...]]:
    if not asked.compared or (asked.seen & {"SAME", "SIDES"} and not asked.after):
        return asked.conditions, ()
    if not asked.after:
        raise QuestionError("a comparison needs one thing on each side, such as opioids versus NSAIDs")
    asked.conditions = _as_drugs(asked, asked.after[0])
    asked.after = [_as_edition(asked, other) for other in asked.after]
    pairs = []
    for other in asked.after:
        own = [c for c in asked.conditions if c.name == other.name and not c.negated]
        if len(own) == 1 and own[0].values != other.values:
            pairs.append((own[0], other))
    if len(pairs) != 1:
        raise QuestionError(_not_compared(asked, len(pairs)))
    ((one, other),) = pairs
    rest = [c for c in asked.conditions if c is not one]
    kept = {(c.name, c.values, c.negated) for c in rest}
    rest += [c for c in asked.after if c is not other and (c.name, c.values, c.negated) not in kept]
    return rest, (one, other)


def _several(
    asked: Asked, where: tuple[Condition, ...], groups: tuple[Condition, ...]
) -> tuple[Condition, ...]:
    """The conditions of a comparison of three things or more: any of them, split by what they are."""
    name = groups[0].name
    if name not in _COMPARED:
        raise QuestionError("two things are compared at a time")
    asked.by.append(name)
    values = tuple(value for group in groups for value in group.values)
    return (*where, Condition(name, values, asked=", ".join(group.asked for group in groups)))


def _not_compared(asked: Asked, pairs: int) -> str:
    """Why two sides are no comparison."""
    other = asked.after[0]
    if pairs:
        return "the two sides of a comparison must differ in one thing"
    own = [c for c in asked.conditions if c.name == other.name]
    if own and own[0].values == other.values:
        return f"“{own[0].asked}” and “{other.asked}” are one here: {other.values[0]}"
    return f"“{other.asked}” is compared with nothing of its kind"


def _as_edition(asked: Asked, other: Condition) -> Condition:
    """A year that is compared with an edition, as the other edition: *chronic pain 2009 versus 2016*."""
    own = [c.values[0] for c in asked.conditions if c.name == "guideline"]
    if (
        other.name != "decision_date"
        or len(own) != 1
        or any(c.name == "decision_date" for c in asked.conditions)
    ):
        return other
    work, _, edition = own[0].rpartition("/")
    year = other.values[0][:4]
    whole = other.values[0] == f"{year}-01-01..{year}-12-31"
    return Condition("guideline", (f"{work}/{year}",), asked=year) if edition.isdecimal() and whole else other


def _as_drugs(asked: Asked, other: Condition) -> list[Condition]:
    """The conditions, a subcategory as the class of drugs that it is where a drug is compared with it."""
    if other.name != "drug" or any(condition.name == "drug" for condition in asked.conditions):
        return asked.conditions
    return [
        Condition("drug", c.values, c.negated, c.asked)
        if c.name == "subcategory" and set(c.values) <= vocabulary.drug_classes()
        else c
        for c in asked.conditions
    ]


def _kind(asked: Asked) -> tuple[Kind, str | None]:
    """What is asked for, and the level of guidelines it is asked of."""
    seen = asked.seen
    named = [name for name in (*asked.loose, *asked.by) if name in LEVELS]
    levels = sorted(dict.fromkeys(named), key=_FINEST_FIRST.index)
    level = levels[0] if levels else None
    if asked.case:
        return _kind_of_case(seen), None
    if seen & {"CONTRAST", "LIKE"}:
        raise QuestionError("like which case? Name one, such as “cases like CM17-0004344”")
    if "SIDES" in seen or ("SAME" in seen and seen & {"PARTY", "CITE"}) or _asks_both(asked):
        return Kind.SIDES, level or "section"
    if "WHY" in seen or _asks_grounds(asked):
        return Kind.GROUNDS, None
    if found := _kind_of_places(asked, levels):
        return found
    if "TREND" in seen:
        return Kind.TREND, None
    if "SHOW" in seen and not asked.by and not seen & {"RATE", "OFTEN", "COUNT", "WHICH"}:
        return Kind.CASES, None
    return Kind.FIGURES, None


def _kind_of_case(seen: set[str]) -> Kind:
    """What is asked of one case."""
    if "CONTRAST" in seen:
        return Kind.CONTRAST
    if "LIKE" in seen:
        return Kind.RELATED
    return Kind.WHY if seen & {"WHY", "GROUNDS"} else Kind.CASE


def _kind_of_places(asked: Asked, levels: list[str]) -> tuple[Kind, str | None] | None:
    """What is asked of places of guidelines, if they are: their associations, or figures by them."""
    seen, level = asked.seen, levels[0] if levels else None
    others = [name for name in asked.by if name not in LEVELS]
    over_time = "edition" if "edition" in asked.loose else level if not asked.has({"guideline"}) else None
    if "TREND" in seen and over_time:
        seen.add("COUNT")
        asked.by += [*([] if others else ["year"]), over_time]
        return Kind.FIGURES, None
    if level and others:
        asked.by += [name for name in levels if name not in asked.by]
        if asked.outcome is None and seen & {"CITE", "CITED_MOST"}:
            seen.add("COUNT")
        return Kind.FIGURES, None
    asks_what = "WHICH" in seen and "CITE" in seen and not asked.has({"guideline", "edition"})
    if level or (asks_what and not asked.loose):
        return Kind.ASSOCIATIONS, level or "section"
    return None


def settled(condition: Condition) -> Condition:
    """A condition with its pages and chapters as places of a guideline, which another condition may name."""
    if condition.name != "guideline":
        return condition
    works = [value for value in condition.values if " " not in value]
    pages = [value for value in condition.values if " " in value]
    if any(value.startswith("page ") for value in pages):  # pages are counted through all chapters
        chapters = [value for value in pages if value.startswith("chapter ")]
        pages = [value for value in pages if value not in chapters]
        works = works or ["acoem-2004"] * bool(chapters)
    if not pages:
        return condition
    if len(works) > 1:  # `MTUS chronic pain page 78`: the MTUS is what the guideline is part of
        works = [work for work in works if work != "mtus"]
    if len(works) > 1:
        raise QuestionError(f"{pages[0]} of which of {', '.join(works)}?")
    found = []
    for value in pages:
        unit, _, number = value.partition(" ")
        if unit == "chapter":
            if works and not works[0].startswith("acoem"):
                raise QuestionError(f"{works[0]} has no numbered chapters")
            found.append(f"acoem-2004/{number}")
        else:
            work = works[0] if works else "chronic-pain"
            found.append(f"{_PAGED.get(work, _edition(work))}/page/{number}")
    return Condition("guideline", tuple(found), condition.negated, condition.asked)


def _edition(work: str) -> str:
    """The edition whose pages a place is cited by: an ACOEM chapter's pages are its book's."""
    return work.split("/")[0] if work.startswith("acoem") else work

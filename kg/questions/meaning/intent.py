"""What a question asks, from the parts that were found of it; a word without effect is an error."""

from itertools import pairwise, permutations

from kg.errors import QuestionError
from kg.model import Outcome, Party
from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.facets import facet_table
from kg.questions.meaning import (
    agreement,
    comparisons,
    durations,
    letter_items,
    means,
    ranked_changes,
    ranked_numbers,
)
from kg.questions.meaning.asked import Asked
from kg.questions.meaning.asked_kind import LEVELS, kind_of
from kg.questions.meaning.comparisons import (
    COMPARED,
    compared,
    letters_apart,
    lists_several,
    several,
    told_apart,
    with_and_without,
)
from kg.questions.meaning.ranked_numbers import ENDING
from kg.questions.meaning.refusals import NOUNS, above, all_used
from kg.questions.question import SPLITTING, Condition, Kind, Question
from kg.questions.wording.day_spans import day_before
from kg.questions.wording.guideline_places import settled

_CHOOSING = {
    "WHICH",
    "MOST",
    "LEAST",
    "CITED_MOST",
    "MATTER",
    "BY",
    "WHO",
    "COMPARE",
    "ASSOCIATED",
    "DISTINCT",
    "HAVING",
}
"""With one of these, a kind of thing (``services``) is what the answer is split by."""
_ALONE = {
    *("age_group", "quarter", "specialty", "sex", "licence", "priority"),
    *("injury_year", "quantity", "frequency", "condition", "basis"),
}
"""Kinds of thing whose name alone says by what a question asks."""
_FINER = {"category": "subcategory", "subcategory": "drug", "guideline": "section"}
"""What a condition's things are asked by, in “which opioids are overturned most”."""


def question(asked: Asked) -> Question:
    """The question that the parts ask together.

    Raises:
        QuestionError: they ask nothing that can be answered, or a word of them would be without effect.
    """
    _settle(asked)
    kind, level = agreement.settle(asked, *kind_of(asked))
    kind, where, groups = _conditions(asked, kind, level)
    _agreeing(where)
    if kind is not Kind.GROUNDS and any(needed.name == "met" for needed in asked.having):
        raise QuestionError("met or not met is asked of grounds: name one, or ask “which grounds”")
    order = _order(asked, kind, groups)
    ranked_changes.see_no_ranking(asked, kind, order)
    by = _by(asked, kind, level, where, ordered=bool(order))
    if kind is Kind.MEASURE and order in {"most", "least"} and not (by or groups):
        raise QuestionError(
            "the most or the least of what? A mean is ranked by kinds, such as “by specialty”"
        )
    outcome, counts = _counted(asked, kind, groups)
    all_used(asked, kind, level, by, groups, ordered=bool(order), where=where)
    if asked.limit and not order and (kind is Kind.GROUNDS or (by and kind in {Kind.FIGURES, Kind.TREND})):
        order = "most"
    most_cited = kind is Kind.ASSOCIATIONS and ranked_numbers.is_cited_most(asked)
    counts |= most_cited
    apart = groups or most_cited or not facet_table.are_filters(where)
    if kind is Kind.ASSOCIATIONS and level and apart:
        kind, by = Kind.FIGURES, (level,)  # associations are of what filters say
        level = None
    return Question(
        kind=kind,
        outcome=None if asked.case and kind is not Kind.RELATED else outcome,
        where=where,
        by=by,
        groups=groups,
        level=level,
        party=_party(asked, kind),
        order=order,
        limit=asked.limit,
        case=asked.case,
        measure=asked.measure or None,
        part=tuple(settled(comparisons.by_treatment(condition, where)) for condition in asked.part),
        having=tuple(asked.having),
        counts=counts and kind not in {Kind.MEASURE, Kind.PARTS},
    )


def _settle(asked: Asked) -> None:
    """See what the parts mean beside one another, before the kind of answer is known."""
    ranked_changes.see_no_first_date(asked)
    _ended(asked)
    comparisons.matters(asked)
    comparisons.becomes_stricter(asked)
    durations.settle(asked)
    ranked_numbers.rare_elsewhere(asked)
    means.settle(asked)
    comparisons.split_by_years(asked)
    letter_items.settle(asked)
    agreement.places_apart(asked)


def _conditions(
    asked: Asked, kind: Kind, level: str | None
) -> tuple[Kind, tuple[Condition, ...], tuple[Condition, ...]]:
    """The kind, the conditions of all, and the groups that are compared."""
    told = {c.name for c in (*asked.conditions, *asked.after) if not c.negated}
    if asked.by and told & NOUNS and not asked.seen & (_CHOOSING - {"BY"}):
        asked.loose = [name for name in asked.loose if name != "drug"]  # `opioid prescriptions by year`
    choosing = asked.seen & (_CHOOSING - ({"BY"} if asked.by else set()))
    if "drug" in asked.loose and not choosing and not told & NOUNS:
        asked.loose.remove("drug")  # `share of drugs overturned`
        asked._condition(Condition("category", ("Pharmaceuticals",), asked="drugs"))
    kind = _of_grounds(asked, kind)
    if asked.later:
        _later(asked, asked.later, kind)
    with_and_without(asked)
    conditions, groups = compared(asked)
    if not groups and (apart := letters_apart(asked, conditions)):
        kind, conditions, groups = Kind.FIGURES, *apart
    if kind is Kind.CASES and groups:  # two lists are not compared, but how many there are of each
        kind = Kind.FIGURES
        asked.seen |= {"COUNT"} if asked.outcome is None else set()
    if kind is Kind.FIGURES and (of := _shared(asked, groups)):
        kind = Kind.PARTS
        asked.part = [c for c in conditions if c.name == of]
        conditions = [c for c in conditions if c.name != of]
    if any(part.name == "letter" for part in asked.part):  # `mixed letters: what share of them is split`
        conditions = [c for c in conditions if c.name != "letter"]
    where = tuple(settled(condition) for condition in comparisons.without_treatments(conditions))
    _split_by_loose(asked, kind, level, where)
    if groups and lists_several(asked, groups):
        where, groups = several(asked, where, groups)
    if not groups and kind is Kind.FIGURES:
        where, groups = told_apart(asked, where)
    if "COMPARE" in asked.seen and not (groups or asked.by):  # `Flexeril and Soma, how do they compare`
        asked.by += [c.name for c in where if c.name in COMPARED and len(c.values) > 1 and not c.negated][:1]
    return kind, where, tuple(settled(group) for group in groups)


def _of_grounds(asked: Asked, kind: Kind) -> Kind:
    """The kind, a share where it is asked how often a ground is given; the ground is then of the part."""
    if kind in {Kind.GROUNDS, Kind.FIGURES} and (stated := means.ended_for(asked)):
        kind, asked.part = Kind.PARTS, stated
        if len(stated) > 1:  # the outcome is of the part
            asked.outcome, asked.denied = None, False
        asked.conditions = [c for c in asked.conditions if c not in stated]
    elif kind is Kind.GROUNDS and (stated := means.share_of_ground(asked)):
        kind, asked.part = Kind.PARTS, stated
        asked.conditions = [c for c in asked.conditions if c not in stated]
        asked.seen -= {"FREQUENT", "COUNT", "OFTEN", *({"MOST"} if not asked.by else ())}
    if kind is Kind.GROUNDS and means.among_all(asked):
        asked.conditions = [c for c in asked.conditions if c.name != "ground"]
    return kind


def _shared(asked: Asked, groups: tuple[Condition, ...]) -> str:
    """The filter of the decisions whose share is asked for without the word: how often something is cited."""
    if name := ranked_numbers.cites_how_often(asked, groups):
        return name
    return "guideline" if ranked_numbers.cites_more(asked, groups) else ""


def _ended(asked: Asked) -> None:
    """Take a denial for the outcome that is asked about, where none other is.

    Raises:
        QuestionError: two are, or a side is of no part of the body.
    """
    many = any(len(c.values) > 1 for c in asked.conditions) or len(asked.conditions) > 1
    if asked.sides and not (asked.both and many):
        raise QuestionError(f"“{asked.sides[0]}” of which part of the body?")
    refused = any(
        p.type == "DENIAL" and not p.printed.lower().startswith("denial") for p in asked.phrases
    )  # `is the denial more likely to be reversed` asks about one outcome
    relied = asked.has({"basis"}) or any(c.name == "basis" for c in asked.part)
    if asked.seen & {"OFTEN", "SHARE"} and relied and BESIDE.within("DENIALS_OF_UR", asked.text):
        asked.denied = False  # `how often does a denial by UR rest on no guideline`
    if asked.denied and asked.outcome is None:
        asked.outcome = Outcome.OVERTURNED if asked.rated else Outcome.UPHELD
    elif refused and asked.outcome is not None and asked.seen & {"OR", "VERSUS", "THAN"} and not asked.after:
        raise QuestionError(f"one outcome can be asked about, not both {asked.outcome} and denied")


def _party(asked: Asked, kind: Kind) -> Party:
    """Whose citations are asked about."""
    denied = asked.has({"basis", "guideline"}) or any(c.name in {"basis", "guideline"} for c in asked.part)
    of_denials = (
        denied and BESIDE.within("DENIALS_OF_UR", asked.text) and not BESIDE.within("REVIEWERS", asked.text)
    )
    administrator = ("PARTY" in asked.seen or of_denials) and kind is not Kind.SIDES and not asked.parties
    return Party.CLAIMS_ADMINISTRATOR if administrator else Party.REVIEWER


def _order(asked: Asked, kind: Kind, groups: tuple[Condition, ...]) -> str | None:
    """Whether what is most or what is least is asked for, or of a list the newest or the oldest."""
    if lasting := durations.order(asked):
        return lasting
    if asked.seen & {"NEWEST", "OLDEST"}:
        return _by_date(asked, kind)
    if groups:
        return None
    if "LEAST" in asked.seen and any(p.type in {"MOST", "FREQUENT", "TOP"} for p in asked.phrases):
        raise QuestionError("the most or the least? Ask for one of them")
    return "least" if "LEAST" in asked.seen else "most" if asked.seen & {"MOST", "CITED_MOST"} else None


def _by_date(asked: Asked, kind: Kind) -> str:
    """Whether the newest decisions or the oldest come first.

    Raises:
        QuestionError: it is no list of decisions that is asked for.
    """
    if kind is not Kind.CASES or asked.seen & {"RATE", "OFTEN", "COUNT", "SHARE"}:
        raise QuestionError("a list of decisions has the newest or the oldest first, and nothing else")
    return "newest" if "NEWEST" in asked.seen else "oldest"


def _split_by_loose(asked: Asked, kind: Kind, level: str | None, where: tuple[Condition, ...]) -> None:
    """Split by a kind of thing that no condition is about: `overturn rate, age group`."""
    named = {condition.name for condition in (*where, *asked.conditions, *asked.after)}
    if kind in SPLITTING and not asked.seen & _CHOOSING and not level:
        if len(set(asked.loose)) > 1:
            asked.by += [
                name for name in dict.fromkeys(asked.loose) if name in {"category", "subcategory"} - named
            ]
        free = _ALONE if "EACH_OUTCOME" not in asked.seen else {*_ALONE, *COMPARED, "drug_class"}
        asked.by += [name for name in asked.loose if name in free and name not in {*named, *asked.by}]


def _by(
    asked: Asked, kind: Kind, level: str | None, where: tuple[Condition, ...], *, ordered: bool
) -> tuple[str, ...]:
    """What the answer is split by."""
    loose = asked.loose if asked.seen & _CHOOSING else []
    if asked.by and not asked.seen & (_CHOOSING - {"BY"}):  # `disputed treatments overturned each year`
        loose = [name for name in loose if name not in {"category", "subcategory"}]
    if level and asked.has({"guideline"}):
        loose = [name for name in loose if name != "guideline"]  # `pages of the chronic pain guideline`
    told = {c.name for c in where if not c.negated} & {"priority", "sex", "licence"}
    loose = [name for name in loose if name not in told]  # `letters with expedited priority by service`
    by = list(dict.fromkeys(name for name in (*asked.by, *loose) if name not in (level, *above(level))))
    if kind is Kind.GROUNDS:
        by = [name for name in by if name != "ground"]
    if kind is Kind.CASE:  # which shows what each party cites
        by = [name for name in by if name not in LEVELS]
    if kind is Kind.FIGURES and not by:
        if asked.seen & {"WHO", "STRICT"} and not asked.has({"specialty"}) and not asked.compared:
            by = ["specialty"]
        elif (ordered or (asked.having and "WHICH" in asked.seen)) and not asked.compared:
            by = _finer(asked, where)
    if by and kind not in SPLITTING:
        raise QuestionError(f"{kind.value} cannot be split by {by[0].replace('_', ' ')}")
    return tuple(by)


def _agreeing(where: tuple[Condition, ...]) -> None:
    """See that no condition excludes what another asks for: *not MRI* and *imaging* are one value here.

    Raises:
        QuestionError: one does.
    """
    for one, other in permutations(where, 2):
        shared = set(one.values) & set(other.values) - {vocabulary.EVER}
        alike = (one.name, one.party) == (other.name, other.party)
        if one.negated and not other.negated and alike and shared:
            raise QuestionError(f"“{other.asked}” is asked for and excluded: both mean {min(shared)}")


def _finer(asked: Asked, where: tuple[Condition, ...]) -> list[str]:
    """What “which opioids are overturned most” is asked by: the things under the one that is named."""
    if not _asks_persons(asked) and (
        "WHICH" in asked.seen or _superlative(asked) or BESIDE.within("WITH_BEST", asked.text)
    ):
        for condition in where:
            if len(condition.values) > 1 and condition.name in COMPARED and not condition.negated:
                return [condition.name]  # `which of Percocet, OxyContin and Norco`
            if condition.name == "subcategory" and not set(condition.values) <= vocabulary.drug_classes():
                continue
            if condition.name in _FINER and not condition.negated:
                return [_FINER[condition.name]]
        if asked.outcome and not {c.name for c in where} & {*NOUNS, "service"}:
            return ["subcategory"]  # `what is overturned most`
    if (
        "FREQUENT" in asked.seen
        and BESIDE.within("REQUESTS", asked.text)
        and not {c.name for c in where} & NOUNS
    ):
        return ["subcategory"]  # `the ten most common requests`
    whole = [c for c in where if c.name == "subcategory" and not c.negated]
    if one := next(
        (c for c in whole if "WHICH" in asked.seen or BESIDE.within("WITH_BEST", asked.text)), None
    ):
        raise QuestionError(f"what is counted as {one.values[0]} is not told apart: ask for each by its name")
    raise QuestionError("the most of what? Name it, such as “which services” or “by specialty”")


def _asks_persons(asked: Asked) -> bool:
    """Whether it is asked who of many: *which patients win most*, whom letters do not tell apart."""
    ends = [phrase.end for phrase in asked.phrases if phrase.type == "WHICH"]
    return any(BESIDE.after("WHICH_PERSONS", asked.text, end) for end in ends)


def _superlative(asked: Asked) -> bool:
    """Whether *most* or *least* is said of how things end: *most denied DME*, *least approved injections*."""
    phrases = [phrase for phrase in asked.phrases if phrase.type not in {"FREQUENT", "OFTEN"}]
    return any(
        one.type in {"MOST", "LEAST"}
        and one.printed.lower().startswith(("most", "least"))
        and (other.type == "DENIAL" or other.type.startswith("IS_"))
        for one, other in pairwise(phrases)
    )


def _counted(asked: Asked, kind: Kind, groups: tuple[Condition, ...]) -> tuple[Outcome | None, bool]:
    """The outcome that is asked about, and whether a number is asked for."""
    top = any(p.type == "TOP" for p in asked.phrases) and asked.number == "" and not asked.seen & ENDING
    top = top and kind is Kind.FIGURES and asked.outcome is None and asked.limit is not None
    counts = bool(asked.seen & {"COUNT", "DISTINCT"}) or top or ranked_numbers.cites_counted(asked, groups)
    counts = counts or (kind is Kind.FIGURES and ranked_numbers.stated_most(asked))
    counts = counts or (
        kind in {Kind.FIGURES, Kind.ASSOCIATIONS} and not groups and ranked_numbers.numbers_ranked(asked)
    )
    outcome = asked.outcome
    lasting = any(c.name.startswith("days_") for c in asked.conditions)
    of_letters = asked.has({"letter"}) or bool(lasting and BESIDE.within("LETTERS_THAT", asked.text))
    letters = outcome is None and kind is Kind.FIGURES and of_letters and not groups
    counts = counts or (letters and not asked.seen & ENDING)  # `letters with all items upheld`
    if "OFTEN" in asked.seen and outcome is None and not asked.seen & (ENDING - {"SHARE"}):
        counts = True  # `how often does a neurologist review sleep studies`
    if outcome is None and kind in {Kind.FIGURES, Kind.ASSOCIATIONS, Kind.TREND}:
        if "SHARE" in asked.seen and not counts:
            raise QuestionError("the share that ended how? Ask for “share overturned” or “upheld”")
        outcome = None if counts and kind in {Kind.FIGURES, Kind.TREND} else Outcome.OVERTURNED
    return outcome, counts


def _later(asked: Asked, later: Condition, kind: Kind) -> None:
    """A date after which: the change that a trend is asked for, else a condition."""
    if kind is Kind.TREND and not asked.compared:
        last = day_before(later.values[0].removesuffix(".."))
        asked.conditions.append(Condition("decision_date", (f"..{last}",), asked=f"until {last}"))
        asked.compared = True
        asked.after.append(later)
    else:
        asked.conditions.append(later)

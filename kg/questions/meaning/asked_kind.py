"""What kind of answer a question asks for."""

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning import durations
from kg.questions.meaning.asked import Asked
from kg.questions.meaning.refusals import FINEST_FIRST
from kg.questions.question import Kind
from kg.questions.vocabulary import Phrase

LEVELS = {*FINEST_FIRST}
_RANKED = {"drug", "drug_class", "specialty", "category", "subcategory", "body_part", "condition", "licence"}
"""What is listed by how it ends, and is no case."""


def kind_of(asked: Asked) -> tuple[Kind, str | None]:
    """What is asked for, and the level of guidelines it is asked of."""
    seen = asked.seen
    named = [name for name in (*asked.loose, *asked.by) if name in LEVELS]
    levels = sorted(dict.fromkeys(named), key=FINEST_FIRST.index)
    level = levels[0] if levels else None
    if asked.case or seen & {"CONTRAST", "LIKE"}:
        return _kind_of_case(asked), None
    if durations.order(asked):
        return Kind.CASES, None
    if asked.measure:
        return Kind.MEASURE, None
    if asked.part:
        return Kind.PARTS, None
    both = not asked.parties and _asks_both(asked)
    if both and any(len(c.values) > 1 for c in asked.conditions if c.name == "guideline"):
        raise QuestionError("what each party cites is asked of both together, or name what one of them cites")
    if "SIDES" in seen or ("SAME" in seen and seen & {"PARTY", "CITE"}) or both:
        return Kind.SIDES, level or "section"
    if "WHY" in seen or _asks_grounds(asked):
        return Kind.GROUNDS, None
    if found := _with_case_numbers(asked) or _kind_of_places(asked, levels):
        return found
    if "TREND" in seen:
        return Kind.TREND, None
    asks_what = "WHICH" in seen or BESIDE.within("FACTORS", asked.text)
    if "ASSOCIATED" in seen and asks_what and not (asked.by or asked.loose or asked.compared):
        return Kind.ASSOCIATIONS, "section"  # `what drives overturns in physical therapy`
    listed = _lists_cases(asked)
    if not asked.by and (listed or seen & {"NEWEST", "OLDEST"}):
        return Kind.CASES, None
    return Kind.FIGURES, None


def _lists_cases(asked: Asked) -> bool:
    """Whether cases are to be listed, and not things of a kind: *list the drugs overturned most*."""
    listed = "SHOW" in asked.seen and not asked.seen & {"RATE", "OFTEN", "COUNT", "WHICH"}
    if listed and asked.seen & {"MOST", "LEAST", "HAVING"} and set(asked.loose) & _RANKED:
        asked.seen.add("WHICH")
        return False
    return listed


def _kind_of_case(asked: Asked) -> Kind:
    """What is asked of one case, or of decisions like what conditions say.

    Raises:
        QuestionError: it is asked who somebody is, or what is like nothing that is named.
    """
    seen = asked.seen
    if not asked.case:
        if "CONTRAST" not in seen and asked.conditions and not asked.measure:
            return Kind.CASES  # `any cases like a man of 45 with neck pain`
        raise QuestionError("like which case? Name one, such as “cases like CM17-0004344”")
    if "WHO" in seen:
        raise QuestionError("letters name nobody; the reviewer's specialty and licence can be asked about")
    if "CONTRAST" in seen:
        return Kind.CONTRAST
    if "LIKE" in seen:
        return Kind.RELATED
    return Kind.WHY if seen & {"WHY", "GROUNDS"} else Kind.CASE


def _with_case_numbers(asked: Asked) -> tuple[Kind, None] | None:
    """The cases, where a list is to have their numbers: each shows what it cites."""
    if "SHOW" not in asked.seen or asked.by or not BESIDE.within("CASE_NUMBERS", asked.text):
        return None
    asked.loose = [name for name in asked.loose if name not in LEVELS]
    asked.seen.discard("CITE")
    return Kind.CASES, None


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
    placed = any(
        c.name in {"guideline", "edition"} and not c.negated and c.party is None
        for c in (*asked.conditions, *asked.after)
    )
    asks_what = "WHICH" in seen and "CITE" in seen and not placed
    if level or (asks_what and not asked.loose):
        return Kind.ASSOCIATIONS, level or "section"
    return None


def _asks_grounds(asked: Asked) -> bool:
    """Whether grounds are asked for themselves, and not what other things are split by."""
    held = BESIDE.within("IN_CASE", asked.text)  # `where red flags were the reason, how often ...`
    asks_from = held.end() if held else 0
    return any(
        p.type == "GROUNDS"
        and p.start >= asks_from
        and (at == 0 or asked.phrases[at - 1].type != "BY")
        and (at + 1 == len(asked.phrases) or asked.phrases[at + 1].meaning.name != "ground")
        and not (at and _is_apposed(asked.text, asked.phrases[at - 1], p))
        for at, p in enumerate(asked.phrases)
    )


def _is_apposed(text: str, ground: Phrase, word: Phrase) -> bool:
    """Whether a word says of the ground before it that it is one: *red flag ground*, *as reason*."""
    if ground.meaning.name != "ground":
        return False
    between = text[ground.end : word.start].split()
    return between == ["as"] or (not between and word.printed.lower() in {"ground", "grounds"})


def _asks_both(asked: Asked) -> bool:
    """Whether it is asked what each party cites: “what does UR cite, and what does the reviewer cite”."""
    cites = sum(phrase.type == "CITE" for phrase in asked.phrases)
    reviewer = BESIDE.within("REVIEWERS", asked.text) is not None
    together = cites > 1 or (cites == 1 and BESIDE.within("REVIEWER_TOO", asked.text) is not None)
    return together and reviewer and "PARTY" in asked.seen

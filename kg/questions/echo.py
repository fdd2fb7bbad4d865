"""Say in a sentence how a question was understood."""

from kg.analysis import labels
from kg.analysis.filters import FILTERS
from kg.model import Outcome, Party
from kg.questions import vocabulary
from kg.questions.facets import facet_table
from kg.questions.question import DATED, LASTING, Condition, Kind, Question
from kg.reading.vocabulary.phrases import key

_DIMENSIONS = {
    "year": "year of decision",
    "month": "month of decision",
    "specialty": "reviewer's specialty",
    "category": "category of service",
    "subcategory": "subcategory of service",
    "drug_class": "class of drug",
    "body_part": "body part",
    "ground": "stated ground",
    **{name: f"cited {name}" for name in ("edition", "guideline", "chapter", "section", "page")},
    "sex": "the worker's sex",
    "licence": "state of licensure",
    "outcome": "outcome",
    **{name: facet_table.FACETS[name].words for name in facet_table.SPLITS},
}
_KINDS = {
    Kind.CASE: "Case {case}",
    Kind.WHY: "The grounds that the reviewer states in case {case}",
    Kind.RELATED: "{Outcome} decisions similar to those of case {case}",
    Kind.CONTRAST: "Decisions similar to those of case {case} that ended the other way",
    Kind.CASES: "{Outcome} decisions",
    Kind.GROUNDS: "Grounds that reviewers state in {outcome} decisions",
    Kind.SIDES: "What the claims administrator and the reviewer cite ({level}s){ended}, in decisions",
    Kind.ASSOCIATIONS: "{Level}s cited by the {party}, with their association with {outcome} decisions",
    Kind.TREND: "Share {outcome} over time, of decisions",
    Kind.MEASURE: "Mean and median of {measure}, of {unit}",
    Kind.PARTS: "Share, among {ended}decisions (and letters)",
}


def sentence(question: Question) -> str:
    """How the question was understood.

    >>> from kg.questions.question_reader import read_question
    >>> sentence(read_question("upheld MRI by sex"))
    "Share upheld of decisions on Imaging/Radiology (“MRI”), by the worker's sex."
    """
    words, outcome = _kind(question), question.outcome or Outcome.OVERTURNED
    ended = f"{question.outcome.value} " if question.outcome else ""
    text = words.format(
        case=question.case,
        outcome=outcome.value,
        Outcome=question.outcome.value.capitalize() if question.outcome else "All",
        level=question.level,
        ended=ended if question.kind is Kind.PARTS else f" and how many were {ended}".rstrip() * bool(ended),
        Level=(question.level or "").capitalize(),
        party=question.party.value.replace("_", " "),
        measure=f"the {facet_table.FACETS[question.measure].words}" if question.measure else "",
        unit=f"{'letters with ' * _of_letters(question)}{ended}decisions",
    )
    parts = [
        text if question.where else text.removesuffix(","),
        *(", ".join(told(c, question.party) for c in question.where),),
    ]
    text = " ".join(part for part in parts if part)
    if question.part:
        text += ", of those " + ", ".join(told(c, question.party) for c in question.part)
    if question.groups:
        apart = any(c.party for c in (*question.where, *question.groups))  # each party cites something
        sides = (
            told(group, question.party)
            if apart and group.name == "guideline"
            else grouped(group, question.party)
            for group in question.groups
        )
        text += ": " + " compared with ".join(sides)
    if question.split:
        text += ", by " + " and ".join(dimension(name) for name in question.split)
    text += _ordered(question)
    text += "".join(f", only rows with {_needed(c)}" for c in question.having)
    read = "".join(f" “{written}” was read as “{known}”." for written, known in question.respelled)
    if question.passed_over:
        left = ", ".join(f"“{said}”" for said in question.passed_over)
        read += f" Not taken into account: {left}."
    return f"{text}.{read}"


def _kind(question: Question) -> str:
    """What is asked for, with places for what it is asked of."""
    if question.kind is Kind.TREND and question.counts:
        return "Number of decisions over time, and of letters,"
    if question.kind is Kind.GROUNDS and question.outcome is None:
        return "Grounds that reviewers state in decisions of any outcome"
    if words := _KINDS.get(question.kind):
        return words
    if question.counts and question.outcome:
        return "Number of decisions, and how many of them were {outcome},"
    return (
        "Number of decisions (each outcome), and of letters,"
        if question.counts
        else "Share {outcome} of decisions"
    )


def _ordered(question: Question) -> str:
    """What comes first, and how much of it is asked for."""
    text = ""
    if question.limit and (not question.order or question.order in (*DATED, *LASTING)):
        text += f", the first {question.limit}"
    if question.order in LASTING and question.measure == "items":
        text += f", letters with the {'most' if question.order == 'longest' else 'fewest'} items first"
    elif question.order in LASTING:
        facet = facet_table.FACETS[str(question.measure)]
        ends = ("most", "fewest") if facet.unit == "days" else ("highest", "lowest")
        text += f", those with the {ends[question.order != 'longest']} {facet.words} first"
    elif question.order in DATED:
        text += f", {question.order} first"
    elif question.order:
        first = "first" if question.limit is None else f"{question.limit} first"
        of = "means" if question.kind is Kind.MEASURE else "numbers" if question.counts else "shares"
        text += f", the {first} with the {'highest' if question.order == 'most' else 'lowest'} {of}"
    return text


def _of_letters(question: Question) -> bool:
    return bool(question.measure) and facet_table.FACETS[str(question.measure)].of_letters


def _needed(condition: Condition) -> str:
    """What a row has to have, in words."""
    if condition.name == "met":
        return f"grounds that are {' or '.join(condition.values).replace('-', ' ')}"
    values = " or ".join(facet_table.told("items", value) for value in condition.values)
    return f"{values} decisions" if condition.name == "decisions" else f"a share of {values} percent"


def grouped(condition: Condition, party: Party = Party.REVIEWER) -> str:
    """A side of a comparison, in words."""
    cites = condition.name == "guideline" and (
        condition.negated or condition.party or party is not Party.REVIEWER
    )
    if condition.name == "treatment" and not condition.negated:
        return named(condition)
    if condition.name in {"letter", "age"} and not condition.negated:
        return f"{'letters' if condition.name == 'letter' else 'workers aged'} {named(condition)}"
    if condition.name.startswith("days_"):
        return told(condition, party).replace("with ", "", 1)
    if condition.name in facet_table.ONLY_FACETS or cites or condition.name == "rationale":
        return told(condition, party)
    return f"not {named(condition)}" if condition.negated else named(condition)


def dimension(name: str) -> str:
    """What an answer is split by, in words."""
    return _DIMENSIONS.get(name, name)


def named(condition: Condition) -> str:
    """The values of a condition, in words, with the words that were asked where they are others.

    >>> named(Condition("drug", ("hydrocodone/acetaminophen",), asked="Norco"))
    'hydrocodone/acetaminophen (“Norco”)'
    """
    if condition.name == "letter" and condition.negated:
        return " or ".join(facet_table.NOT_LETTER[value] for value in condition.values)
    if condition.name.startswith("agreement_") and condition.values == facet_table.BOTH_CITE:
        return f"{condition.name.removeprefix('agreement_')}s on both sides"
    said = " or ".join(_value(condition.name, value) for value in condition.values)
    if condition.name not in _AS_ASKED or '"' in condition.asked or not condition.asked:
        return said
    alike = key(condition.asked) == key(said) or key(condition.asked) == key(" ".join(condition.values))
    return said if alike else f"{said} (“{condition.asked}”)"


_AS_ASKED = {
    "condition",
    "service",
    "together",
    "treatment",
    "category",
    "subcategory",
    "drug",
    "specialty",
    "body_part",
}
"""Filters whose values are seldom called by their names."""


_AMOUNTS = {
    "recommended": "with {} recommended",
    "beyond_recommended": "asking for {} beyond what is recommended",
    "refills": "with {} refills",
    "strength": "of a strength of {}",
}
"""Conditions on amounts, in words."""


def told(condition: Condition, party: Party = Party.REVIEWER) -> str:
    """A condition in words."""
    values, no = named(condition), "not " if condition.negated else ""
    if condition.name == "letter":
        return f"of letters {values}"
    if condition.values == (vocabulary.EVER,):
        return f"{'without' if no else 'with'} {values}"
    who = "reviewer" if (condition.party or party) is Party.REVIEWER else "claims administrator"
    if condition.name in _AMOUNTS:
        return no + _AMOUNTS[condition.name].format(values)
    if condition.name.startswith("agreement_"):
        return f"{no}whose parties cite {values}"
    if condition.name.startswith("days_"):
        return f"{no}with {values} {facet_table.FACETS[condition.name].words}"
    return {
        "body_part": f"{no}on the {values}",
        "category": f"{no}on {values}",
        "subcategory": f"{no}on {values}",
        "drug": f"{no}on {values}",
        "specialty": f"{no}by reviewers in {values}",
        "guideline": f"whose {who} {'does not cite' if no else 'cites'} {values}",
        "decision_date": f"{no}decided {values}",
        "edition": f"whose {who} {'does not cite' if no else 'cites'} an edition of {values}",
        "ground": f"whose reviewer {'does not state' if no else 'states'} the ground {values}",
        "rationale": f"whose rationale {'does not mention' if no else 'mentions'} {values}",
        "sex": f"{no}of {values} workers",
        "priority": f"{no}with {values} priority",
        "licence": f"{no}by reviewers licensed in {values}",
        "age": f"{no}of workers aged {values}",
        "quantity": f"{no}asking for {values}",
        "frequency": f"{no}asked for {values}",
        "quantity_unit": f"{no}counted in {values}s",
        "items": f"{no}of letters with {values} items",
        "surgical": f"{no}{values}",
        "outcome": f"{no}{values}",
        "retrospective": f"{no}of services {values}",
        "basis": f"whose {who} {'does not rely' if no else 'relies'} on {values}",
        "alone": f"{no}with no other {values}",
        "condition": f"{no}of patients with {values}",
        "service": f"{no}on {values}",
        "earlier": f"{no}of patients who had {values} before",
        "together": f"{no}of letters that dispute {values}",
        "treatment": f"whose item {'does not name' if no else 'names'} {values}",
        "item_words": f"whose item {'does not mention' if no else 'mentions'} {values}",
        "injury_date": f"{no}of injuries {values}",
        "denial_date": f"{no}denied by utilization review {values}",
        "application_date": f"{no}whose application was received {values}",
        "assignment_date": f"{no}assigned to the reviewer {values}",
    }.get(condition.name) or f"{no}with {FILTERS[condition.name].label.lower()} {values}"


def _value(name: str, value: str) -> str:
    if name == "guideline":
        return labels.label(f"guideline/{value}")
    if name in {"rationale", "item_words"}:
        return f"“{value}”"
    if name == "body_part":
        part, _, side = value.partition(":")
        return f"{side} {part}".strip()
    if name in {"age", "quantity"}:
        first, to, last = value.partition("..")
        return f"{first} or more" if to and first else f"at most {last}" if to else value.replace("-", " to ")
    if name == "decision_date":
        if value == vocabulary.EVER:
            return "a decision date"
        first, _, last = value.partition("..")
        if first == last:
            return f"on {first}"
        if not last:
            return f"from {first} on"
        return f"from {first} to {last}" if first else f"up to {last}"
    return facet_table.told(name, value) if name in facet_table.ONLY_FACETS else value

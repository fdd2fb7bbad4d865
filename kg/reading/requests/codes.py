"""The codes that an item prints: CPT, HCPCS, ICD-9, ICD-10 and NDC."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.model import Code, CodeSystem, Problem, ProblemKind, Span
from kg.reading.text.grammars import Lexeme, TypedGrammar, parts

CODES = TypedGrammar("codes.lark", parts)

# No code is shorter; a text without any of these is not looked through.
_MAY_HOLD = re.compile(r"\d{4}|[A-Z]\d[\dAB]\.|\b(?i:cpt|hcpc|icd|ndc)|\b(?i:diagnos[a-z]+|dx) code")
_LABELS: Mapping[str, tuple[str, frozenset[CodeSystem]]] = {
    "CPT": ("CPT", frozenset({CodeSystem.CPT, CodeSystem.HCPCS})),
    # CPT is the first level of HCPCS, and either name is printed for the other level.
    "HCPCS": ("HCPCS", frozenset({CodeSystem.CPT, CodeSystem.HCPCS})),
    "ICD": ("ICD", frozenset({CodeSystem.ICD_9, CodeSystem.ICD_10})),
    "ICD_NINE": ("ICD-9", frozenset({CodeSystem.ICD_9})),
    "ICD_TEN": ("ICD-10", frozenset({CodeSystem.ICD_10})),
    "NDC": ("NDC", frozenset({CodeSystem.NDC})),
}
_VALUES = frozenset({"PACKAGE", "FIVE", "LATER", "LEVEL_TWO", "LETTERED", "DOTTED", "NUMBER"})
_FIRST, _LAST = 100, 99_607
"""The least and the greatest number of a CPT code of Category I."""
_AMBIGUOUS = "V"
"""The letter that codes of both revisions of the ICD begin with in one form."""
_NINE_DIGITS = re.compile(r"\d{3}|[EV]\d{2,3}(?:\.\d{1,2})?")
_TEN_CHARACTERS = re.compile(r"[A-Z]\d[\dAB](?:\.?[\dA-Z]{1,4})?")
_PLAIN_PACKAGE = re.compile(r"\d{10,11}")


class Codes(NamedTuple):
    """The codes of an item, each once, and what looks like one but is none of its list."""

    codes: tuple[Code, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_codes(text: str, start: int, end: int) -> Codes:
    """The codes that ``text[start:end]`` prints.

    >>> printed = "Physical therapy (CPT 97110, 97140) for ICD-10 M54.5"
    >>> [(code.system.value, code.code) for code in read_codes(printed, 0, len(printed)).codes]
    [('cpt', '97110'), ('cpt', '97140'), ('icd-10', 'M54.5')]
    """
    if _MAY_HOLD.search(text, start, end) is None:
        return Codes()
    plan, tokens = CODES.read(text, start, end)
    found: dict[tuple[CodeSystem, str], Code] = {}
    problems: list[Problem] = []
    for part in plan:
        label = part.tokens[0][0] if part.name == "coded" else None
        values = [tokens[at] for type_, at in part.tokens if type_ in _VALUES]
        for code in _codes(text, label, values, problems):
            found.setdefault((code.system, code.code), code)
    return Codes(tuple(found.values()), tuple(problems))


def _codes(text: str, label: str | None, values: Sequence[Lexeme], problems: list[Problem]) -> Iterator[Code]:
    for number, value in enumerate(values):
        printed, span = value.of(text).rstrip(".-"), Span(value.start, value.end)
        span = Span(span.start, span.start + len(printed))
        systems = _systems(value.type, printed, label)
        if label is not None:
            name, own = _LABELS[label]
            systems &= own
            if not systems and (number == 0 or value.type != "NUMBER"):
                message = f'"{printed}" is no code of {name}'
                problems.append(Problem(ProblemKind.BAD_VALUE, span, message))
        if len(systems) == 1:
            yield Code(next(iter(systems)), printed, span)
        elif systems:
            message = f'"{printed}" is a code of ICD-9 or of ICD-10'
            problems.append(Problem(ProblemKind.UNREAD_TEXT, span, message))


def _systems(type_: str, printed: str, label: str | None) -> frozenset[CodeSystem]:
    """What a value is a code of by its form; a form that numbers have too is one only after a label."""
    found: set[CodeSystem] = set()
    if type_ == "PACKAGE" or (label == "NDC" and _PLAIN_PACKAGE.fullmatch(printed)):
        found.add(CodeSystem.NDC)
    elif type_ == "LATER" or (type_ == "FIVE" and _FIRST <= int(printed) <= _LAST):
        found.add(CodeSystem.CPT)
    elif type_ == "DOTTED" and label is not None:
        found.add(CodeSystem.ICD_9)
    elif type_ == "LEVEL_TWO" and label not in ("ICD", "ICD_TEN"):
        found.add(CodeSystem.HCPCS)
    elif type_ == "LETTERED" and label is None:
        if "." in printed:
            found.add(CodeSystem.ICD_10)
            found |= {CodeSystem.ICD_9} if printed.startswith(_AMBIGUOUS) else set()
    elif label is not None:
        found |= {CodeSystem.ICD_9} if _NINE_DIGITS.fullmatch(printed) else set()
        found |= {CodeSystem.ICD_10} if _TEN_CHARACTERS.fullmatch(printed) else set()
    return frozenset(found)

"""The JSON form of a determination: to and fro, its schema, its speed."""

import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from msgspec import Struct

from kg import contract
from kg.errors import SourceError
from kg.model import (
    Basis,
    BodyPart,
    Citation,
    Code,
    CodeSystem,
    Condition,
    Decision,
    Determination,
    DisputedItem,
    DocumentKind,
    Drug,
    Frequency,
    GuidelineField,
    History,
    Mention,
    Outcome,
    PageRange,
    Patient,
    Priority,
    Problem,
    ProblemKind,
    Quantity,
    Rationale,
    Refills,
    Response,
    Reviewer,
    Section,
    Service,
    Sex,
    Side,
    Span,
    Specialty,
    Template,
    TimeSpan,
    TimeUnit,
    Treatment,
    Unit,
)


def citation(start: int) -> Citation:
    return Citation(
        mtus=True,
        guideline="acoem-2004",
        edition=None,
        chapter=12,
        sections=(Section("Special Studies", "acoem-2004/12/special-studies", Span(start + 5, start + 20)),),
        pages=(PageRange(303, 305, Span(start + 30, start + 37), inferred=True),),
        title=None,
        span=Span(start, start + 60),
        inferred_edition=2004,
    )


def decision(start: int) -> Decision:
    return Decision(
        item=DisputedItem(
            text="Hydrocodone/APAP 10/325mg #60 for the left knee",
            span=Span(start, start + 47),
            in_dispute="Hydrocodone/APAP 10/325mg #60 for the left knee",
            in_dispute_span=Span(start, start + 47),
            service=Service("Pharmaceuticals", "Opioids", Span(start, start + 16)),
            body_parts=(BodyPart("knee", Side.LEFT, Span(start + 38, start + 47)),),
            quantity=Quantity(60.0, 60.0, Unit.UNIT, Span(start + 26, start + 29)),
            drug=Drug(("hydrocodone", "acetaminophen"), "Opioids", Span(start, start + 16)),
            conditions=(Condition("sprain", Span(start + 38, start + 47)),),
            frequency=Frequency(1.0, 2.0, 4.0, 6.5, TimeUnit.HOUR, Span(start + 26, start + 28)),
            duration=TimeSpan(2.0, 3.0, TimeUnit.WEEK, Span(start + 26, start + 27)),
            refills=Refills(0.0, 2.0, Span(start + 27, start + 29)),
            supply=TimeSpan(30.0, 30.0, TimeUnit.DAY, Span(start + 28, start + 29)),
            codes=(Code(CodeSystem.NDC, "00406-0125-01", Span(start + 30, start + 43)),),
        ),
        outcome=Outcome.OVERTURNED,
        outcome_span=Span(start + 49, start + 59),
        claims_administrator=GuidelineField(Basis.NONE_CITED, (), Span(start + 60, start + 90)),
        reviewer=GuidelineField(
            Basis.MTUS,
            tuple(citation(start + 100 + 70 * n) for n in range(4)),
            Span(start + 100, start + 400),
        ),
        rationale=Rationale(
            Span(start + 400, start + 900),
            (Quantity(9.0, 10.5, Unit.VISIT, Span(start + 410, start + 414)),),
            (
                Mention(
                    "ACOEM Chapter 12, page 309",
                    "acoem-2004",
                    12,
                    (PageRange(309, 309, Span(1, 4)),),
                    Span(0, 9),
                ),
                Mention("(Brinks, 2011)", None, None, (), Span(9, 12)),
            ),
        ),
    )


LETTER = Determination(
    case_number="CM15-0000001",
    template=Template.PAGES,
    date_assigned=date(2015, 1, 2),
    date_of_injury=None,
    decision_date=date(2015, 2, 3),
    ur_denial_date=date(2014, 12, 5),
    application_received=date(2014, 12, 12),
    priority=Priority.EXPEDITED,
    reviewer=Reviewer(
        (
            Specialty("Orthopedic Surgery", "orthopaedic-surgery", Span(3, 9)),
            Specialty("Wellness", None, Span(4, 5)),
        ),
        (Specialty("Hand Surgery", "hand-surgery", Span(10, 20)),),
        ("California", "Texas"),
    ),
    patient=Patient(49, Sex.FEMALE),
    decisions=(decision(1000), decision(3000)),
    documents_reviewed=("Application of 12/12/2014", "Medical records"),
    spans={"decision_date": Span(90, 100), "patient.age": Span(500, 502)},
    problems=(Problem(ProblemKind.UNRESOLVED_SPECIALTY, Span(4, 5), "no such specialty: Wellness"),),
    history=History(
        (Condition("sprain", Span(520, 526)),),
        (BodyPart("knee", Side.LEFT, Span(527, 536)), BodyPart("neck", None, Span(540, 544))),
        (
            Treatment("Rehabilitation", "Acupuncture", None, Response.NOT_HELPED, Span(600, 611)),
            Treatment("Pharmaceuticals", "NSAID", "NSAID", None, Span(620, 629)),
        ),
    ),
)

EMPTY = Determination(
    None, Template.LETTER_2018, None, None, None, None, None, None, Reviewer(), Patient(),
    (
        Decision(
            DisputedItem("MRI", Span(0, 3), "MRI", Span(0, 3)),
            Outcome.UPHELD, Span(5, 11), GuidelineField(None), GuidelineField(None), None,
        ),
    ),
)  # fmt: skip


def deep(value: object) -> object:
    """Values with every field, those left out of comparison too."""
    if isinstance(value, Struct):
        return type(value).__name__, {name: deep(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Span):
        return "Span", *value
    if isinstance(value, tuple):
        return [deep(item) for item in value]
    return value


@pytest.mark.parametrize("letter", [LETTER, EMPTY], ids=["all that can be said", "nothing but an outcome"])
def test_a_determination_comes_back_whole(letter):
    printed = json.loads(json.dumps(contract.to_json(letter)))
    assert printed == contract.to_json(letter)
    assert deep(contract.from_json(printed)) == deep(letter)


@pytest.mark.parametrize("letter", [LETTER, EMPTY], ids=["all that can be said", "nothing but an outcome"])
def test_the_output_is_of_the_schema(letter):
    Draft202012Validator(contract.schema()).validate(contract.to_json(letter))


def test_a_cited_field_is_of_its_schema():
    schema = contract.schema()
    cited = Draft202012Validator({"$ref": "#/$defs/cited", "$defs": schema["$defs"]})
    cited.validate(contract.field_to_json(LETTER.decisions[0].reviewer, LETTER.problems))


def test_the_schema_refuses_what_is_not_of_the_form():
    validator = Draft202012Validator(contract.schema())
    form = contract.to_json(LETTER)
    for path, value in [("template", "2031"), ("priority", "soon"), ("patient", {"age": "49"}), ("new", 1)]:
        assert not validator.is_valid(form | {path: value}), path


def test_the_schema_is_one_and_names_the_values_of_the_model():
    schema = contract.schema()
    Draft202012Validator.check_schema(schema)
    definitions = schema["$defs"]
    decision = definitions["decision"]["properties"]
    for values, places in {
        Template: [schema["properties"]["template"]],
        DocumentKind: [schema["properties"]["kind"]],
        Priority: [schema["properties"]["priority"]],
        Sex: [schema["properties"]["patient"]["properties"]["sex"]],
        Outcome: [decision["outcome"]],
        Side: [definitions["body_part"]["properties"]["side"]],
        Response: [definitions["treatment"]["properties"]["response"]],
        TimeUnit: [
            definitions["time"]["properties"]["unit"],
            definitions["frequency"]["properties"]["period_unit"],
        ],
        CodeSystem: [definitions["code"]["properties"]["system"]],
        Unit: [definitions["quantity"]["properties"]["unit"]],
        Basis: [definitions["field"]["properties"]["basis"], definitions["cited"]["properties"]["basis"]],
        ProblemKind: [definitions["problem"]["properties"]["kind"]],
    }.items():
        for place in places:
            assert [v for v in place["enum"] if v is not None] == [v.value for v in values]


def test_every_citation_key_that_the_gold_names_is_there():
    form = contract.to_json(LETTER)["decisions"][0]["reviewer"]["citations"][0]
    assert {"mtus", "guideline", "edition", "chapter", "sections", "pages", "title", "span"} <= form.keys()
    assert form["sections"] == ["Special Studies"]
    assert form["pages"] == [[303, 305]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"template": "2031"}, "2031"),  # a value that is none of the model's
        ({"decision_date": "03/01/2015"}, "03/01/2015"),  # a date as the letters print it
        ({"patient": None}, "NoneType"),
    ],
)
def test_what_is_not_of_the_form_is_refused_in_a_sentence(change, says):
    with pytest.raises(SourceError, match=says):
        contract.from_json(contract.to_json(LETTER) | change)


def test_a_missing_key_is_named():
    form = contract.to_json(LETTER)
    del form["reviewer"]
    with pytest.raises(SourceError, match="missing key 'reviewer'"):
        contract.from_json(form)

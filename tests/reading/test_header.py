"""The header table in every order that an extraction leaves it in."""

import re
from datetime import date

import pytest
from own_letters import COLUMNS, LINES, ROWS

from kg.model import Priority, ProblemKind, Span
from kg.reading.header import HEADER, read_header

ALL = {
    "date_assigned": date(2015, 3, 2),
    "date_of_injury": date(2013, 7, 8),
    "decision_date": date(2015, 4, 6),
    "ur_denial_date": date(2015, 1, 20),
    "application_received": date(2015, 2, 2),
}


def read(text):
    return read_header(text, Span(0, len(text)))


@pytest.mark.parametrize(
    "table",
    [
        ROWS,
        LINES,
        COLUMNS,
        ROWS.replace(" \n", "\r\n"),
        ROWS.replace("\n", " "),  # in one line
        ROWS.replace("Application \nReceived:  \n", "Application Received: "),
        ROWS.replace("Case", "IMR Case"),
        "\f" + LINES,
    ],
    ids=["rows", "lines", "columns", "other line ends", "one line", "not parted", "longer label", "new page"],
)
def test_every_order_tells_the_same(table):
    header = read(table)
    assert header.case_number == "CM15-0001234"
    assert header.dates == ALL
    assert header.priority is Priority.STANDARD
    assert header.problems == ()


@pytest.mark.parametrize("table", [ROWS, LINES, COLUMNS])
def test_spans_quote_what_is_printed(table):
    spans = {name: span.of(table) for name, span in read(table).spans.items()}
    assert spans == {
        "case_number": "CM15-0001234",
        "date_assigned": "03/02/2015",
        "date_of_injury": "07/08/2013",
        "decision_date": "04/06/2015",
        "ur_denial_date": "01/20/2015",
        "application_received": "02/02/2015",
        "priority": "Standard",
    }


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Decision Date: 4/6/2015", {"decision_date": date(2015, 4, 6)}),
        (
            "Decision Date: \nUR Denial Date: 01/20/2015",
            {"ur_denial_date": date(2015, 1, 20)},
        ),  # none printed
        ("Date of Injury: 07/08/2013 Date of Injury: 01/01/2001", {"date_of_injury": date(2013, 7, 8)}),
        (  # a value that is not printed leaves the others in their places
            "Decision Date: \nPriority: Standard Application \nReceived: \n02/02/2015",
            {"application_received": date(2015, 2, 2)},
        ),
        (  # two columns, each of labels and then values
            "Case Number:\nDate Assigned:\nCM15-0001234\n03/02/2015\nDate of Injury:\nDecision Date:\n"
            "07/08/2013\n04/06/2015",
            {
                "date_assigned": date(2015, 3, 2),
                "date_of_injury": date(2013, 7, 8),
                "decision_date": date(2015, 4, 6),
            },
        ),
        ("Dated: 9/26/2013", {"decision_date": date(2013, 9, 26)}),  # the notice of 2013
        (  # values before their labels
            "03/02/2015 07/08/2013\nDate Assigned:\nDate of Injury:",
            {"date_assigned": date(2015, 3, 2), "date_of_injury": date(2013, 7, 8)},
        ),
        (
            "was filed on 8/1/2013 disputing the Utilization\nReview Denial dated 7/9/2013. A notice was "
            "provided to the above parties on 8/20/2013.",
            {
                "application_received": date(2013, 8, 1),
                "ur_denial_date": date(2013, 7, 9),
                "date_assigned": date(2013, 8, 20),
            },
        ),
        ("no table at all", {}),
    ],
)
def test_what_is_printed_is_what_is_told(text, dates):
    assert read(text).dates == dates


def test_expedited():
    assert read("Priority: Expedited").priority is Priority.EXPEDITED


def test_a_day_that_does_not_exist_is_a_problem():
    header = read("Decision Date: 02/30/2015")
    assert header.dates == {}
    [problem] = header.problems
    assert (problem.kind, problem.span) == (ProblemKind.BAD_VALUE, Span(15, 25))
    assert problem.message == '"02/30/2015" is not a date'


def test_a_value_before_its_label_waits_for_one_of_its_kind():
    header = read("CM15-0001234 \n04/06/2015 \nDecision Date: \nCase Number:")
    assert (header.case_number, header.dates) == ("CM15-0001234", {"decision_date": date(2015, 4, 6)})


def test_places_are_read_one_after_another_and_the_first_value_counts():
    text = "Dated: 9/26/2013 and elsewhere Dated: 1/1/2001 Priority: Standard"
    header = read_header(text, Span(0, 16), Span(16, len(text)))
    assert header.dates == {"decision_date": date(2013, 9, 26)}
    assert header.priority is Priority.STANDARD


@pytest.mark.parametrize("digit", "0159")
def test_a_value_stands_where_the_same_digits_stand(digit):
    """The header is read by its form: no terminal may tell one digit from another."""
    other = re.sub(r"\d", digit, ROWS)
    assert [m.span() for m in re.finditer(r"[\d/]{10}", other)] == sorted(
        (span.start, span.end)
        for name, span in read(other).spans.items()
        if name not in ("case_number", "priority")
    )


def test_no_terminal_names_a_digit():
    for terminal in HEADER._parser.terminals:
        assert not re.search(r"\d", re.sub(r"\{[\d,]+\}", "", terminal.pattern.to_regexp()))

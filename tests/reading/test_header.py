"""The header table in every order that an extraction leaves it in."""

import itertools
import re
from datetime import date

import pytest
from own_letters import COLUMNS, LINES, ROWS
from tables import each_row

from kg.model import Priority, ProblemKind, Span
from kg.reading.header import HEADER, read_header

SPELLINGS = [
    f"{letters}{gap}15{dash}0001234"
    for letters in ("CM", "cm", "Cm", "cM")
    for gap in ("", " ")
    for dash in (
        "-",
        "",
        " ",
        " - ",
        "\N{EN DASH}",
        "\N{EM DASH}",
        "\N{MINUS SIGN}",
        "\N{NON-BREAKING HYPHEN}",
        "_",
    )
]
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
        ROWS.upper(),
        LINES.lower(),
        ROWS.replace("04/06/2015", "2015-04-06"),
        LINES.replace("04/06/2015", "April 6, 2015"),
    ],
    ids=[
        *(
            "rows",
            "lines",
            "columns",
            "other line ends",
            "one line",
            "not parted",
            "longer label",
            "new page",
        ),
        *("capitals", "small letters", "ISO 8601", "month in words"),
    ],
)
def test_every_order_tells_the_same(table):
    header = read(table)
    assert header.case_number == "CM15-0001234"
    assert header.dates == ALL
    assert header.priority is Priority.STANDARD
    assert header.problems == ()


@pytest.mark.parametrize("table", [ROWS, LINES, COLUMNS])
@pytest.mark.parametrize("spelled", SPELLINGS)
def test_every_spelling_of_a_case_number_is_that_case(table, spelled):
    header = read(table.replace("CM15-0001234", spelled))
    assert (header.case_number, header.problems) == ("CM15-0001234", ())
    assert header.spans["case_number"].of(table.replace("CM15-0001234", spelled)) == spelled


@pytest.mark.parametrize(
    "printed", ["CM15-O001234", "CM15-00l234", "CM15-000123", "GM15-0001234", "CM1S-0001234"]
)
def test_a_case_number_with_a_letter_for_a_digit_is_a_problem(printed):
    header = read(ROWS.replace("CM15-0001234", printed))
    assert header.case_number is None
    assert header.problems


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


VALUES = {
    "Case Number:": "CM15-0001234",
    "Date Assigned:": "03/02/2015",
    "Date of Injury:": "07/08/2013",
    "Decision Date:": "04/06/2015",
    "UR Denial Date:": "01/20/2015",
    "Priority:": "Standard",
    "Application Received:": "02/02/2015",
}


def rows(cells):
    """Two labels a line, each with its value beside it."""
    return "\n".join("  ".join(f"{a} {b}" for a, b in cells[i : i + 2]) for i in range(0, len(cells), 2))


def lines(cells):
    """A label or a value a line."""
    return "\n".join(f"{a}\n{b}" for a, b in cells)


def columns(cells):
    """All labels and then all values."""
    return "\n".join(a for a, _ in cells) + "\n\n" + "\n".join(b for _, b in cells)


def two_columns(cells):
    """The left column's labels and values, then the right one's."""
    return f"{columns(cells[::2])}\n\n{columns(cells[1::2])}"


def values_first(cells):
    """Each value above its label."""
    return "\n".join(f"{b}\n{a}" for a, b in cells)


def pairs_of_lines(cells):
    """A line of two labels above a line of their values, as recognition of scans leaves them."""
    pairs = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    return "\n".join("  ".join(a for a, _ in pair) + "\n" + "  ".join(b for _, b in pair) for pair in pairs)


def side_by_side(cells):
    """Two labels and then two values on one line."""
    pairs = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    return "\n".join("  ".join([*(a for a, _ in pair), *(b for _, b in pair)]) for pair in pairs)


LAYOUTS = (rows, lines, columns, two_columns, values_first, pairs_of_lines, side_by_side)
CELLS = list(VALUES.items())


@each_row("lay", LAYOUTS)
def test_every_layout_tells_the_same(lay):
    header = read(lay(CELLS))
    assert (header.case_number, header.dates, header.priority) == ("CM15-0001234", ALL, Priority.STANDARD)
    assert header.problems == ()


def without(cells, n, what):
    """A table that lacks a label, a value or both, or has a value that is misprinted."""
    label, value = cells[n]
    cell = {
        "label": ("", value),
        "value": (label, ""),
        "both": None,
        "misprint": (label, value[:-1] + "O" if value[0].isdigit() else value),
    }[what]
    return [*cells[:n], *([cell] if cell else []), *cells[n + 1 :]]


@each_row("lay", LAYOUTS)
@each_row("what", ["label", "value", "both", "misprint"])
@each_row("n", range(len(CELLS)))
def test_a_date_stands_beside_its_label_or_is_null_with_a_problem(lay, what, n):
    header = read(lay(without(CELLS, n, what)))
    for name, found in header.dates.items():
        assert found == ALL[name]
    lacking = ALL.keys() - header.dates.keys()
    assert header.problems or not lacking
    for name in lacking:
        assert any(TOLD[name] in p.message or "is not a date" in p.message for p in header.problems)


TOLD = {
    "date_of_injury": "injury",
    "ur_denial_date": "denial",
    "application_received": "application",
    "date_assigned": "assignment",
    "decision_date": "decision",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [*itertools.combinations(["UR Denial Date:", "Decision Date:", "Date of Injury:"], 2)],
)
def test_dates_out_of_their_order_are_told(one, other):
    swapped = VALUES | {one: VALUES[other], other: VALUES[one]}
    problems = read(rows(list(swapped.items()))).problems
    assert problems
    assert {problem.kind for problem in problems} == {ProblemKind.CONTRADICTION}


@pytest.mark.parametrize("printed", ["CM15-O001234", "CM15-000l234", "CMl5-0001234", "CM15.0001234"])
def test_a_case_number_with_a_letter_is_no_other_case(printed):
    header = read(rows(CELLS).replace("CM15-0001234", printed))
    assert header.case_number is None
    assert [problem.message for problem in header.problems] == [f'"{printed}" is not a case number']


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


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Decision Date: 10/07/2107", {}),  # two figures in each other's place
        ("Date of Injury: 03/04/1897", {}),
        ("Date of Injury: 03/04/2204", {}),
        ("UR Denial Date: 01/02/0216", {}),
        ("Application Received: 09/01/2003", {}),  # ten years before the first review
        ("Case Number: CM15-0001234\nDecision Date: 04/06/2051", {"decision_date": date(2051, 4, 6)}),
        ("Case Number: CM17-0001234\nDate Assigned: 04/06/2012", {"date_assigned": date(2012, 4, 6)}),
    ],
)
def test_years_that_no_review_has_are_a_problem(text, dates):
    header = read(text)
    assert header.dates == dates
    [problem] = header.problems
    assert problem.kind is (ProblemKind.CONTRADICTION if dates else ProblemKind.BAD_VALUE)


@pytest.mark.parametrize(
    ("printed", "day"),
    [("3/4/89", date(1989, 3, 4)), ("3/4/14", date(2014, 3, 4)), ("Mar. 4, 2014", date(2014, 3, 4))],
)
def test_dates_in_few_signs(printed, day):
    header = read(f"Date of Injury: {printed}")
    assert (header.dates, header.problems) == ({"date_of_injury": day}, ())


def test_another_date_under_a_label_is_a_problem():
    header = read("Decision Date: 4/6/2015\nDate Assigned: 3/2/2015\nDecision Date: 4/7/2015")
    assert header.dates["decision_date"] == date(2015, 4, 6)
    assert [problem.message for problem in header.problems] == [
        'the header has another date of the decision, "4/7/2015"'
    ]
    assert read("Decision Date: 4/6/2015\nDecision Date: 4/6/2015").problems == ()


@pytest.mark.parametrize(
    "printed",
    ["DOI: 2014/03/04", "DOI: 4 March 2014", "Injury Date: March 4th, 2014", "Date of Loss: 3/4/2014"],
)
def test_other_labels_and_forms_of_a_date(printed):
    header = read(printed)
    assert (header.dates, header.problems) == ({"date_of_injury": date(2014, 3, 4)}, ())

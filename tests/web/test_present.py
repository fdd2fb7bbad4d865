"""What the pages show of a determination."""

import pytest

from kg.reading.citing.citations import read_field
from kg.web.pages import values


@pytest.mark.parametrize(
    ("cited", "pages"),
    [
        (
            "MTUS ACOEM Chapter 12 Low Back Complaints Page(s): 303-4, 303",
            [("303", "acoem-2004/page/303"), ("304", "acoem-2004/page/304")],
        ),
        # a misprint, which the graph does not take page by page
        ("MTUS ACOEM Chapter 12 Low Back Complaints Page(s): 30-304", [("30-304", None)]),
        # a page says nothing without its source
        ("Non-MTUS Citation ACOEM, Chapter 7, page 127", [("127", None)]),
    ],
)
def test_pages_lead_to_their_nodes(cited, pages):
    [citation] = read_field(f"Decision based on {cited}.")[0].citations
    assert values.citation(citation, "item/1/reviewer/citation/1")["pages"] == pages

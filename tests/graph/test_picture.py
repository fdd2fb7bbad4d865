import re
from xml.etree import ElementTree as ET

from kg import resources
from kg.graph import picture

TURTLE = resources.text("ontology", "imr.ttl")


def test_every_property_of_a_drawn_class_is_in_the_picture():
    shown = " ".join(ET.fromstring(picture.svg(TURTLE)).itertext())
    names = set(re.findall(r"\w+", shown))
    assert {each.name for each in picture.properties(TURTLE)} <= names
    assert {"disputedItem", "reviewerCitation", "citesPage", "outcome", "specialty"} <= names


def test_what_only_gathers_or_inverts_is_left_out():
    names = {each.name for each in picture.properties(TURTLE)}
    assert not names & {"hasCitation", "itemOf", "citationOf", "countedOutcome", "precedence"}


def test_no_box_covers_another():
    drawn = ET.fromstring(picture.svg(TURTLE))
    _, _, width, height = map(int, drawn.get("viewBox").split())
    boxes = [
        tuple(int(rect.get(side)) for side in ("x", "y", "width", "height"))
        for rect in drawn.iter("{http://www.w3.org/2000/svg}rect")
    ]
    for one in boxes:
        for other in boxes:
            assert one == other or (
                one[0] + one[2] <= other[0]
                or other[0] + other[2] <= one[0]
                or one[1] + one[3] <= other[1]
                or other[1] + other[3] <= one[1]
            )
        assert one[0] + one[2] <= width
        assert one[1] + one[3] <= height

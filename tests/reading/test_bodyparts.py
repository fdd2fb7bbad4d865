"""Body parts and their sides: each row names the form it stands for."""

import pytest

from kg.reading.requests.bodyparts import body_parts
from kg.reading.vocabulary.phrases import concepts, words


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("cervical and lumbar spine", ["neck", "low back"]),
        ("bilateral knees", ["knee:bilateral"]),
        ("knees", ["knee"]),
        ("lower extremities", ["lower extremity:bilateral"]),  # the only plural with a side
        ("RUE and LLE", ["upper extremity:right", "lower extremity:left"]),
        ("left shoulder, elbow and hand", ["shoulder:left", "elbow:left", "hand:left"]),  # carried on
        ("left shoulder and low back", ["shoulder:left", "low back"]),  # not to the midline
        ("neck and right hip", ["neck", "hip:right"]),
        ("left knee arthroscopy, brace for shoulder", ["knee:left", "shoulder"]),  # not past other words
        ("right L4-5 and L5-S1", ["low back:right"]),
        ("C5-6, T12 and L1", ["neck", "upper back", "low back"]),
        ("cervical spine bilateral", ["neck:bilateral"]),  # the side after
        ("shoulder MRI, left", ["shoulder:left"]),
        ("shoulder MRI without any dye at all, left", ["shoulder:left"]),  # of the only part
        ("shoulder and wrist MRI left", ["shoulder", "wrist:left"]),
        ("shoulder and wrist MRI scan left", ["shoulder", "wrist"]),  # too far to tell which
        ("left knee brace, right", ["knee:left"]),  # has one
        ("bilateral", []),  # of nothing
        ("left and right ankles", ["ankle:bilateral"]),
        ("right knee arthroscopy with meniscectomy", ["knee:right"]),  # the procedure's part is the same
        ("thoracolumbar spine", ["upper back", "low back"]),
        ("upper and lower extremities", ["upper extremity:bilateral", "lower extremity:bilateral"]),
        ("back", ["low back"]),
        ("left trapezius", ["upper back:left"]),
        ("lumber spine", ["low back"]),  # misspelled
        ("knee scooter and hand-held shower", []),  # names of things
        ("blood count", []),
    ],
)
def test_body_parts(printed, parts):
    found = body_parts(words(printed))
    assert [f"{each.part}:{each.side}" if each.side else each.part for each in found] == parts


SIDES = {
    "right {}": "right",
    "Lt {}": "left",
    "B/L {}": "bilateral",
    "{}, right": "right",
    "{} (left)": "left",
    "{} on the right side": "right",
    "right side {}": "right",
    "left-sided {}": "left",
    "{} bilaterally": "bilateral",
    "right and left {}": "bilateral",
    "LEFT {}": "left",
}


@pytest.mark.parametrize("frame", SIDES)
def test_every_name_of_a_part_takes_its_side(frame):
    tried, wrong = 0, []
    for concept in concepts("body-parts.ttl").values():
        for name in concept.labels:
            bare = body_parts(words(f"MRI of the {name}"))
            if len(bare) != 1 or bare[0].side is not None:
                continue
            tried += 1
            sided = body_parts(words(f"MRI of the {frame.format(name)}"))
            found = [(each.part, each.side and each.side.value) for each in sided]
            if found not in ([(bare[0].part, SIDES[frame])], [(bare[0].part, None)]):
                wrong.append((name, found))
    assert tried > 300
    assert wrong == []

"""Items by kind of fault, each with its right reading, where the folder of real letters is there."""

import json

from kg.reading.requests.items import read_item


def wrong(shared, kind, said):
    """The texts of this kind that are read otherwise, with what was read."""
    rows = map(json.loads, (shared / "kinds.jsonl").read_text(encoding="utf-8").splitlines())
    read = [
        (row["text"], row["right"], said(read_item(row["text"], 0, len(row["text"]))[0]))
        for row in rows
        if row["where"] == "item" and row["kind"].startswith(kind)
    ]
    assert read
    return [(text, got) for text, right, got in read if got != right]


def test_quantities(shared):
    def amount(item):
        q = item.quantity
        return q and {"min": q.minimum, "max": q.maximum, "unit": q.unit.value}

    assert not wrong(shared, "quantity:", amount)


def test_services(shared):
    def service(item):
        found = {"category": item.service.category, "subcategory": item.service.subcategory}
        return found | {"associated_surgical_service": item.associated_surgical_service}

    # The flag is judged where the right reading has it.
    assert not [
        (text, got) for text, got in wrong(shared, "service:", service) if not _right(shared, text, got)
    ]


def _right(shared, text, got):
    lines = (shared / "kinds.jsonl").read_text(encoding="utf-8").splitlines()
    right = next(row["right"] for row in map(json.loads, lines) if row["text"] == text)
    return got | right == got

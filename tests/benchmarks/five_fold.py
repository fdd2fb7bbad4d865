"""What unseen letters will get: ``python tests/benchmarks/five_fold.py [SHARED]``.

Each fifth of the labelled letters is read with catalogues that lack the phrases which came into them from
that fifth alone. Nearly all of the catalogues is general knowledge (brand names, kinds of surgery, parts of
the body): ``FROM_LETTERS`` lists the phrases that are not. The lower bound takes away every phrase that
only the fifth's items hold, wherever it came from: nobody would leave out "hand" or "ibuprofen".
"""

import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from kg.reading.requests import bodyparts, services
from kg.reading.requests.items import read_item
from kg.reading.vocabulary import phrases
from kg.reading.vocabulary.phrases import Phrases, key, words

FOLDS = 5
FILES = (("services.ttl", "drugs.ttl"), ("body-parts.ttl",))
FROM_LETTERS = frozenset(
    key(label)
    for label in (
        *("chirophysio", "chirophysio therapy", "chirophysiotherapy", "chiropractic physiotherapy"),
        *("elect acupuncture", "infrared acupuncture", "manual acupuncture", "initial acupuncture"),
        *(
            "hip replacement specialist",
            "ortho spine",
            "ortho spine surgeon",
            "TOC",
            "assistant PA",
            "PA assist",
        ),
        *("ARC sling", "bath/shower chair", "left hand therapy", "comprehensive psychological testing"),
        *("trigger points impedance imaging", "TPII", "localized intense neurostimulation therapy", "LINT"),
        *("Cyclophene 5%", "Cyclophene", "Ketophene", "Ketophene 20%", "MARS MRI", "pulsed ultrasound"),
        *("bilateral hearing aids", "transportation to/from", "initial exam", "physical exam", "Tabradol"),
    )
)
MEASURES = ("category", "subcategory", "drug", "flags", "quantity", "body parts", "in dispute")


def scorer(shared: Path) -> ModuleType:
    """The scoring program beside the gold letters, as a module."""
    spec = importlib.util.spec_from_file_location("score", shared / "gold" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seen(records: Iterable[dict[str, Any]]) -> set[tuple[str, ...]]:
    """The phrases of the catalogues that these letters' items hold."""
    found = set()
    for files in FILES:
        known = Phrases(
            (label, key(label)) for each in phrases.concepts(*files).values() for label in each.labels
        )
        for record in records:
            for item in record["decisions"]:
                found.update(one.meaning for one in known.find(words(item["item"]).folded))
    return found


@contextmanager
def without(lost: set[tuple[str, ...]]) -> Iterator[None]:
    """Catalogues that lack the phrases ``lost``."""
    whole = phrases.concepts

    def concepts(*files: str) -> dict[str, phrases.Concept]:
        return {
            at: replace(each, labels=tuple(label for label in each.labels if key(label) not in lost))
            for at, each in whole(*files).items()
        }

    rooms = (services, bodyparts)
    for room in rooms:
        room.catalogue.cache_clear()
    with (
        mock.patch.object(services, "concepts", concepts),
        mock.patch.object(bodyparts, "concepts", concepts),
    ):
        yield
    for room in rooms:
        room.catalogue.cache_clear()


def answer(printed: str) -> dict[str, Any]:
    """An item as the contract has it, as far as its own text tells."""
    item, _ = read_item(printed, 0, len(printed))
    quantity = item.quantity
    return {
        "item": item.text,
        "outcome": None,
        "in_dispute": item.in_dispute,
        "original_request": item.original_request,
        "authorized": item.authorized,
        "category": item.service and item.service.category,
        "subcategory": item.service and item.service.subcategory,
        "drug": item.drug and "/".join(item.drug.ingredients),
        "retrospective": item.retrospective,
        "associated_surgical_service": item.associated_surgical_service,
        "quantity": quantity
        and {"min": quantity.minimum, "max": quantity.maximum, "unit": quantity.unit.value},
        "body_parts": [
            {"part": each.part, "side": each.side and each.side.value} for each in item.body_parts
        ],
    }


def figures(tally: Any) -> dict[str, float]:
    """The value of each measure of items."""
    return {name: value for name, value, _ in tally.rows() if name in MEASURES}


def score(module: ModuleType, tally: Any, records: Iterable[dict[str, Any]]) -> None:
    """Read the items of these letters, and count what is right."""
    tally.skip_header = True
    for record in records:
        parsed = {"decisions": [answer(item["item"]) for item in record["decisions"]]}
        module.compare(tally, record, parsed)


def five_fold(shared: Path, *, lower_bound: bool = False) -> tuple[dict[str, float], Any]:
    """Each measure, and the tally it was counted in."""
    module = scorer(shared)
    lines = (shared / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    folds = defaultdict(list)
    for at, line in enumerate(lines):
        folds[at % FOLDS].append(json.loads(line))
    phrases_of = {fold: seen(records) for fold, records in folds.items()}
    tally = module.Tally()
    for fold, records in folds.items():
        others = set().union(*(found for other, found in phrases_of.items() if other != fold))
        own = phrases_of[fold] - others
        with without(own if lower_bound else own & FROM_LETTERS):
            score(module, tally, records)
    return figures(tally), tally


def whole(shared: Path) -> dict[str, float]:
    """Each measure with the catalogues as they are."""
    module = scorer(shared)
    tally = module.Tally()
    lines = (shared / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    score(module, tally, map(json.loads, lines))
    return figures(tally)


def main(shared: Path) -> None:
    """Print the figures side by side, and what the learned words alone had read."""
    full, (learned, tally), (bound, _) = whole(shared), five_fold(shared), five_fold(shared, lower_bound=True)
    lines = [f"{'':12} whole  five-fold  lower bound"]
    lines += [f"{name:12} {full[name]:.3f}  {learned[name]:.3f}      {bound[name]:.3f}" for name in MEASURES]
    lines += [
        f"{name}: {where}: {want} {got}" for name in MEASURES for where, want, got in tally.errors[name]
    ]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "shared")

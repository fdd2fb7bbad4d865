"""Cases that are not in the base, as ones that are asked about: letters, items, and clinical summaries."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, prepare
from kg.analysis.related.evidence_kinds import KINDS
from kg.analysis.related.features import MODES, Features
from kg.analysis.related.nearest import Asked
from kg.analysis.related.rankings import AskedCase
from kg.base.facts import Rows
from kg.base.tables import data_frames
from kg.errors import SettingError
from kg.model import Decision, Determination, GuidelineField, Patient, Reviewer, Span, Template
from kg.reading.history import read_history
from kg.reading.requests.items import read_item
from kg.reading.summary import read_summary

LONGEST = 20_000
"""Characters of an item, at most."""


def request(items: Sequence[str], summary: str = "") -> Determination:
    """A determination without outcomes: the items that are requested, and what a clinical summary tells.

    >>> [each.item.service.subcategory for each in request(["MRI of the left knee"]).decisions]
    ['Imaging/Radiology']

    Raises:
        SettingError: there is no item, or one is empty or longer than any.
    """
    if not items:
        raise SettingError("give at least one item, such as MRI of the left knee")
    for text in items:
        if not text.strip() or len(text) > LONGEST:
            raise SettingError(f"an item must have 1 to {LONGEST:,} characters, and one has {len(text):,}")
    whole = Span(0, len(summary))
    told = read_summary(summary, whole)
    nothing = GuidelineField(None)
    decisions = tuple(
        Decision(read_item(text, 0, len(text))[0], None, Span(0, 0), nothing, nothing, None) for text in items
    )
    return Determination(
        None, Template.SECTIONS, None, told.date_of_injury, None, None, None, None,
        Reviewer(), told.patient or Patient(), decisions, history=read_history(summary, whole),
    )  # fmt: skip


def asked_cases(
    known: Features, letters: Sequence[tuple[Determination, str]], labels: Mapping[str, str]
) -> list[AskedCase]:
    """Determinations, each with its text, as cases that are asked about, all of them read at once.

    ``labels`` gives the preferred label of a specialty's notation. A letter that is in the base, by its
    case number, is not found as like itself.
    """
    rows = Rows(labels)
    for place, (determination, text) in enumerate(letters):
        rows.add(place, f"{place:09}", determination, text)
    facts = data_frames.frame(rows.tables()["facts"])
    heads = facts.unique(("case", "item"), keep="first", maintain_order=True).select(
        "case", "item", "outcome"
    )
    # Undecided items are left out of an index; here they are what is asked about.
    index = prepare(facts.with_columns(outcome=pl.col("outcome").fill_null(OUTCOMES[0])))
    items = _items(known, index, heads["outcome"].to_list())
    numbered = zip(heads["case"].to_list(), items, strict=True)
    by_case = {
        case: tuple(item for _, item in group) for case, group in groupby(numbered, key=lambda each: each[0])
    }
    own = [determination.case_number for determination, _ in letters]
    return [
        AskedCase(tuple(_in_base(known, item, number) for item in by_case[f"{place:09}"]), number)
        for place, number in enumerate(own)
    ]


def _items(known: Features, index: Index, outcomes: Sequence[str | None]) -> list[Asked]:
    """The decisions of an index in the terms of the features that are known."""
    features: list[list[int]] = [[] for _ in range(len(index))]
    unseen = [dict.fromkeys(MODES, 0) for _ in range(len(index))]
    for kind in KINDS:
        pairs = kind.read(index)
        numbers = [known.numbers.get((kind.name, value)) for value in pairs.values]
        for decision, value in zip(pairs.decision.tolist(), pairs.value.tolist(), strict=True):
            if (number := numbers[value]) is not None:
                features[decision].append(number)
                continue
            for mode in MODES:
                if kind.pending or mode == MODES[0]:
                    unseen[decision][mode] += known.unseen(kind.name)
    texts = index.columns("item_text", "item")
    return [
        Asked(
            np.unique(np.array(features[place], np.int32)),
            unseen[place],
            None if outcomes[place] is None else OUTCOMES.index(str(outcomes[place])),
            text=text,
            position=item,
        )
        for place, (text, item) in enumerate(texts.iter_rows())
    ]


def _in_base(known: Features, item: Asked, case: str | None) -> Asked:
    """The item, which shall not find its own letter."""
    place = None if case is None else known.cases.index_of(case)
    if place is None:
        return item
    return Asked(item.features, item.unseen, item.outcome, place, None, item.text, item.position)

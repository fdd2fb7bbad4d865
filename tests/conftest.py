"""Fixtures that every wing's tests share."""

import os
from pathlib import Path

import pytest

LONGEST = (
    *("test_packaging", "test_notebooks", "test_programs", "test_hostile", "test_web_linked", "test_crash"),
    *("test_agreement", "test_questions", "test_citable", "test_graph_labels", "test_without_effect"),
    *("test_payloads", "test_damage", "test_planted", "test_agents"),
)
"""The files whose long tests take most, in that order."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests begin with the longest files, so that at the end no worker is alone with one of them."""
    if config.option.markexpr == "long":
        place = {name: number for number, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real letters and gold answers: ``KG_SHARED``, or ``shared`` beside the checkout."""
    folder = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared")).absolute()
    if not (folder / "gold" / "gold.jsonl").is_file():
        missing = f"the real letters are not at {folder}: set KG_SHARED"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return folder

"""Fixtures that every wing's tests share."""

import functools
import gc
import os
from pathlib import Path

import pytest
import typer.testing

LONGEST = (
    *("test_packaging", "test_programs", "test_browser", "test_questions", "test_notebooks"),
    *("test_w3c_evaluation", "test_crash", "test_agreement", "test_query_work", "test_web_linked"),
    *("test_without_effect", "test_live", "test_agents", "test_graph_labels", "test_sample"),
    *("test_payloads", "test_history", "test_long_requests", "test_topic_odds", "test_planted"),
    *("test_hostile", "test_citable", "test_openapi", "test_cluster", "test_workers", "test_damage"),
    *("test_search", "test_explore", "test_upgrade", "test_journey", "test_search_page", "test_recipes"),
    *("test_no_figure", "test_generations", "test_network", "test_columns", "test_every_address"),
)
"""The files whose long tests take most, in that order."""


ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--measured", default="", help="what is run with coverage elsewhere, but for `unmeasured` tests"
    )


def _measured(path: Path, config: pytest.Config) -> bool:
    """Whether tests of a file are run with coverage, and by another run than this."""
    return any(path.is_relative_to(ROOT / folder) for folder in config.getoption("--measured").split())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file without a test for this run is not even imported."""
    left_out = collection_path.suffix == ".py" and _measured(collection_path, config)
    return True if left_out and "mark.unmeasured" not in collection_path.read_text(encoding="utf-8") else None


# A runner makes all commands anew for each call, which takes longer than most of them.
typer.testing._get_command = functools.cache(typer.testing._get_command)
gc.disable()  # while tests are collected nothing is garbage, and to look for it takes a quarter of that time


def pytest_collection_finish() -> None:
    """Look for garbage from now on, rarely, as the command does, and never among what the tests import."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests begin with the longest files, so that at the end no worker is alone with one of them."""
    items[:] = [
        one for one in items if one.get_closest_marker("unmeasured") or not _measured(one.path, config)
    ]
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

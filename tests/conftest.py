"""Fixtures that every wing's tests share."""

import os
from pathlib import Path

import pytest


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

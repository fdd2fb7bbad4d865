"""Fixtures of the web's tests; what they are made of is in :mod:`conftest_web`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest_web import client, root, settings

__all__ = ["client", "root", "settings"]

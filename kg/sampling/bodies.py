"""The parts of the body that are hurt in the letters, as they are printed."""

from dataclasses import dataclass
from random import Random

from kg.sampling.draws import Urn, pick

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body, how letters print it, and where the guidelines treat it.

    ``part`` is a notation of ``ontology/body-parts.ttl`` with spaces. ``plural`` is printed
    after "bilateral"; it is empty for a part without sides. ``acoem`` is the chapter of the
    ACOEM guideline in the MTUS, ``None`` where there is none.
    """

    part: str
    names: tuple[str, ...]
    plural: str
    acoem: int | None
    odg: str
    diagnoses: tuple[str, ...]


REGIONS = {
    region.part: region
    for region in (
        Region(
            "low back",
            ("lumbar spine", "low back", "lumbar spine", "lumbosacral spine"),
            "",
            12,
            "Low Back",
            ("lumbar strain", "lumbar radiculopathy", "lumbago", "lumbar disc displacement"),
        ),
        Region(
            "neck",
            ("cervical spine", "neck", "cervical spine"),
            "",
            8,
            "Neck & Upper Back",
            ("cervical strain", "cervicalgia", "cervical radiculopathy", "cervical spondylosis"),
        ),
        Region(
            "upper back",
            ("thoracic spine", "upper back"),
            "",
            8,
            "Neck & Upper Back",
            ("thoracic strain", "thoracic myofascial pain"),
        ),
        Region(
            "shoulder",
            ("shoulder",),
            "shoulders",
            9,
            "Shoulder",
            ("shoulder impingement", "a rotator cuff tear", "adhesive capsulitis", "shoulder contusion"),
        ),
        Region(
            "elbow", ("elbow",), "elbows", 10, "Elbow", ("lateral epicondylitis", "cubital tunnel syndrome")
        ),
        Region(
            "wrist",
            ("wrist",),
            "wrists",
            11,
            "Forearm, Wrist & Hand",
            ("carpal tunnel syndrome", "a wrist sprain", "a ganglion cyst"),
        ),
        Region(
            "hand",
            ("hand",),
            "hands",
            11,
            "Forearm, Wrist & Hand",
            ("a crush injury of the hand", "hand pain", "a trigger finger"),
        ),
        Region("hip", ("hip",), "hips", None, "Hip & Pelvis", ("hip bursitis", "a hip contusion")),
        Region(
            "knee",
            ("knee",),
            "knees",
            13,
            "Knee & Leg",
            ("a meniscal tear", "knee osteoarthritis", "patellofemoral pain", "a knee sprain"),
        ),
        Region("ankle", ("ankle",), "ankles", 14, "Ankle & Foot", ("an ankle sprain", "ankle instability")),
        Region("foot", ("foot",), "feet", 14, "Ankle & Foot", ("plantar fasciitis", "a foot fracture")),
        Region("head", ("brain",), "", None, "Head", ("post-concussion syndrome", "headaches")),
    )
}
"""The regions, by part. Chapters: title 8 CCR 9792.23."""

_PARTS = Urn(
    [
        (32, "low back"),
        (17, "neck"),
        (3, "upper back"),
        (14, "shoulder"),
        (3, "elbow"),
        (5, "wrist"),
        (4, "hand"),
        (5, "hip"),
        (14, "knee"),
        (2, "ankle"),
        (2, "foot"),
        (2, "head"),
    ]
)
_COUNT = Urn([(55, 1), (30, 2), (15, 3)])
_SIDE = Urn([(45, "right"), (40, "left"), (15, "bilateral")])


@dataclass(frozen=True, slots=True)
class Injury:
    """One hurt part of one worker: as printed, and as truth."""

    region: Region
    phrase: str
    side: str | None

    @property
    def truth(self) -> Json:
        """The part and its side, as a determination in JSON says them."""
        return {"part": self.region.part, "side": self.side}


def injury(rng: Random, region: Region) -> Injury:
    """An injury of ``region``, to one side or both where it has sides."""
    if not region.plural:
        return Injury(region, pick(rng, region.names), None)
    side = _SIDE.draw(rng)
    name = region.plural if side == "bilateral" else region.names[0]
    return Injury(region, f"{side} {name}", side)


def injuries(rng: Random) -> tuple[Injury, ...]:
    """One to three injuries of one worker, each of another part."""
    parts: dict[str, None] = {}
    for _ in range(_COUNT.draw(rng)):
        parts[_PARTS.draw(rng)] = None
    return tuple(injury(rng, REGIONS[part]) for part in parts)

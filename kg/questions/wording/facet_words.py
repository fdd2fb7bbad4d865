"""How questions call the outcomes of whole letters, and the kinds of source that parties rely on."""

from collections.abc import Iterator
from itertools import product

_MIXED = tuple(
    f"{word} {of}"
    for word in ("mixed", "split", "divided", "both", "different")
    for of in ("outcome", "result", "decision", "letter", "verdict", "determination", "case")
    if (word, of)
    not in {("both", "decision"), ("both", "letter"), ("both", "case"), ("both", "determination")}
    and word != "different"
)
_BOTH = (
    *("both upheld and overturned", "both overturned and upheld", "both an upheld and an overturned"),
    *(
        "upheld some and overturned",
        "overturned some and upheld",
        "overturn some and uphold",
        "uphold some and overturn",
    ),
    *("overturned and upheld in the same letter", "upheld and overturned in the same letter"),
    *("both overturned and upheld items", "both upheld and overturned items"),
    *("split between upheld and overturned", "split between overturned and upheld"),
    *("divided between upheld and overturned", "divided between overturned and upheld"),
)
UNDATED = (
    *("undated", "without a date", "without a decision date"),
    *("no decision date", "no date", "not dated"),
)
"""How questions say that a letter has no date."""
_WHOLLY = ("fully", "completely", "entirely", "wholly", "totally")
_NOTHING = (
    *("no guideline", "no citation", "no source", "no evidence cited", "no guideline at all", "no basis"),
    *("without any medical evidence", "without medical evidence", "without any medical evidence cited"),
    *(
        "no medical evidence cited",
        "without any evidence cited",
        "without any source",
        "no guidelines at all",
    ),
    *("w/o any citation", "w/o citation", "w/o a guideline", "w/o any guideline"),
    *("no guideline cited", "none cited", "no medical evidence", "uncited", "without citation"),
    *("without any citation", "without a guideline", "without any guideline", "nothing at all", "nothing"),
    *("without citing any guideline", "without citing anything", "without citing a guideline"),
)
_CITES = (
    *("cite", "cites", "cited", "citing", "use", "uses", "used", "rely on", "relies on", "relied on"),
    *("give", "gave", "name", "named", "quote", "quoted", "rest on", "rests on", "rested on", "based on"),
    *("lean on", "leans on", "leaned on", "relying on", "resting on", "point to", "points to", "pointed to"),
)
_DENYING = (
    "did not",
    "didn't",
    "do not",
    "don't",
    "does not",
    "doesn't",
    "not",
    "failed to",
    "fail to",
    "fails to",
    "failing to",
    "without",
)
_OUTSIDE = (
    *("medical evidence outside the MTUS", "medical evidence outside of the MTUS"),
    *("outside MTUS", "outside of MTUS", "guideline outside MTUS", "source outside MTUS", "other than MTUS"),
    *("outside the MTUS", "outside of the MTUS", "non MTUS", "other evidence", "other medical evidence"),
    *("other than the MTUS", "not in the MTUS", "non MTUS source", "non MTUS guideline", "other sources"),
    *(
        "source outside the MTUS",
        "sources other than the MTUS",
        "evidence outside the MTUS",
        "non MTUS citation",
    ),
    *("non MTUS evidence", "guideline outside the MTUS", "something other than the MTUS"),
    *(f"{goes} outside {of}the MTUS" for goes in ("go", "goes", "going", "went") for of in ("", "of ")),
)


def phrases() -> Iterator[tuple[str, str, str]]:
    """Each phrase, with the facet and the value that it means.

    >>> [(name, value) for said, name, value in phrases() if said == "split decision"]
    [('letter', 'mixed')]
    """
    yield from ((said, "letter", "mixed") for said in (*_MIXED, *_BOTH))
    for ended in ("overturned", "upheld"):
        yield from ((said, "letter", f"all_{ended}") for said in _wholly(ended))
    yield from ((said, "basis", "none_cited") for said in (*_NOTHING, *_citing_nothing()))
    for (name, value), said in _OTHERS.items():
        yield from ((each, name, value) for each in said)


def _in_part() -> Iterator[str]:
    """Ways to say that utilization review approved a part, of which items give the portion that is left."""
    by = ("UR", "utilization review", "the UR doctor", "the adjuster")
    for less in (
        "a lower quantity",
        "lower quantity",
        "a reduced quantity",
        "a lower amount",
        "a smaller quantity",
    ):
        for approved in ("authorized", "authorised", "approved", "certified"):
            yield from (
                f"{who} {had}{approved} {less}"
                for who in by
                for had in ("", "had ", "already ", "had already ")
            )
        for approved, at in product(("approved", "certified"), ("at", "in", "for")):
            yield from (f"{approved} {at} {less}{end}" for end in ("", *(f" by {who}" for who in by)))
            yield from (
                f"{who} {had}{approved} {at} {less}" for who in by for had in ("", "had ", "already ")
            )
    for parted in ("partially", "partly"):
        for approved in ("approved", "certified", "authorized", "authorised", "granted", "denied"):
            yield from (f"{parted} {approved} by {who}" for who in by)
            yield from (f"{approved} {how} by {who}" for who in by for how in ("in part", parted))
            yield from (f"UR {parted} {approved}", f"utilization review {parted} {approved}")
    for parted, approve in product(("partially", "partly"), ("approve", "certify", "authorize", "grant")):
        yield from (f"{who} {parted} {approve}" for who in by)
        yield from (f"{who} {parted} {approve}s" for who in by if approve != "certify")
    for modified in (
        "modified",
        "reduced",
        "cut down",
        "scaled back",
        "cut",
        "quantity cut",
        "quantity reduced",
        "trimmed",
    ):
        yield from (f"{modified} by {who}" for who in by)
        yield from (f"{modified} {at} {who}" for who in ("UR", "utilization review") for at in ("at", "in"))
        yield f"UR {modified}"
        yield f"utilization review {modified}"
    for parted, approval in product(("partial", "part"), ("authorization", "authorisation", "certification")):
        yield from (f"{parted} {approval}{end}" for end in ("", *(f" by {who}" for who in by)))
    yield from ("original request was reduced", "remaining portion", "IMR eligible portion")
    yield from ("remaining eligible portion", "eligible portion", "partially approved request")
    yield "original request and a remaining eligible portion"


_OF_ITEMS = (
    "rental",
    "purchase",
    "with contrast",
    "without contrast",
    "transforaminal",
    "interlaminar",
    "extended release",
)
"""Words of items that no vocabulary has, and that mean nothing else in a question."""


_OTHERS = {
    ("basis", "outside_mtus"): _OUTSIDE,
    ("basis", "mtus_and_other"): (
        *("MTUS and other sources", "MTUS plus other", "MTUS and others", "MTUS and other evidence"),
    ),
    ("surgical", "true"): (
        *("post op", "postop", "post operative", "postoperative", "post surgical", "surgery related"),
        *("associated with surgery", "associated with a surgery", "after surgery", "following surgery"),
        *("after the surgery", "following the surgery", "associated surgical service", "perioperative"),
    ),
    ("surgical", "false"): (
        *("non surgical", "nonsurgical", "not after surgery", "without surgery", "non operative"),
    ),
    ("retrospective", "true"): (
        *("retrospective", "retrospectively", "retro", "retrospective request", "retrospective review"),
        *("already provided", "after the fact", "already received", "already performed", "already done"),
    ),
    ("retrospective", "false"): ("prospective", "prospective request", "prospective review"),
    ("item_words", "IMR eligible portion"): tuple(_in_part()),
    **{("item_words", said): (said,) for said in _OF_ITEMS},
    ("category", "Injection"): ("ganglion block", "ganglion nerve block"),
    ("category", "Pharmaceuticals"): (
        "pharma",
        "pharma item",
        "pharmacy",
        "pharmacy item",
        "pharmaceutical item",
    ),
    ("refills", "1.."): ("refill", "with refill", "with a refill"),
    ("refills", "..0"): ("no refill", "without refill", "zero refills"),
    ("priority", "expedited"): (
        *(
            "rush",
            "rushed",
            "rush job",
            "fast track",
            "fast tracked",
            "fasttracked",
            "accelerated",
            "hurried",
        ),
        *(
            f"{word} {of}"
            for word in ("emergency", "emergent")
            for of in ("review", "case", "request", "IMR")
        ),
    ),
    ("priority", "standard"): (
        *(
            f"{word} {of}"
            for word in ("ordinary", "normal", "routine", "regular", "unhurried", "nonurgent")
            for of in ("review", "case", "letter", "request", "one", "priority", "IMR")
        ),
        "regular",
        "regular review",
        "routine review",
        "non urgent",
        "non expedited",
        "not urgent",
    ),
    ("age", "65.."): ("elderly", "senior", "older adult", "retirement age"),
    ("age", "..17"): ("minor", "underage", "teenager", "teen"),
}


def _wholly(ended: str) -> Iterator[str]:
    yield from (f"{wholly} {ended}" for wholly in _WHOLLY)
    yield from (f"{ended} {wholly}" for wholly in _WHOLLY)
    yield f"{ended} in full"


def _citing_nothing() -> Iterator[str]:
    for cites in _CITES:
        yield f"{cites} nothing"
        yield from (f"{cites} no {thing}" for thing in ("guideline", "evidence", "source", "citation"))
        yield f"{cites} no medical evidence"
        for no in _DENYING:
            for thing in ("any guideline", "anything", "a guideline", "any source", "any evidence"):
                yield f"{no} {cites} {thing}"

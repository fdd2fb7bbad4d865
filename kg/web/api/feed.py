"""``/api/changes`` and its Atom feed: the letters that changed since a generation, for mirrors."""

from typing import Annotated, Any
from xml.sax.saxutils import escape

from fastapi import Query, Request
from fastapi.responses import Response

from kg.base.ledger import Changed
from kg.errors import UnknownError
from kg.explore.neighbours import address, case_node
from kg.web.api import openapi
from kg.web.api.answers import answer_types
from kg.web.api.answers.answering import answer, listing, paged
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.problems import ProblemError
from kg.web.site import Site

router = openapi.Router()

ATOM = "application/atom+xml"
_ENTRIES = 100
Since = Annotated[
    str,
    Query(
        pattern=r"^[0-9]{6,9}$",
        description="A published generation; 000000 returns all changes.",
        examples=["000001"],
    ),
]


@router.get(
    "/changes",
    summary="Letters that changed since a generation",
    responses=openapi.answers(answer_types.Changes),
)
def changes(
    request: Request,
    site: SiteDep,
    since: Since,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """By case: `written` (added, replaced, read anew), `corrected` or `removed`; the generation and time.

    One that changed in the very second in which the generation was built may be given again.
    """
    found = _since(site, since)
    page, following = paged(found, limit, offset)
    rows = [{"iri": address(case_node(one.case)), **one._asdict()} for one in page]
    return answer(request, site, listing(site, rows, len(found), following))


def _since(site: Site, generation: str) -> list[Changed]:
    try:
        return site.base.changes(generation)
    except UnknownError as error:
        raise ProblemError(422, str(error)) from error


@router.get("/changes.atom", summary="The latest changes as an Atom feed", responses=openapi.files(ATOM))
def atom(request: Request, site: SiteDep) -> Response:
    """The hundred latest, as RFC 4287 has it."""
    latest = sorted(site.base.changes("000000"), key=lambda one: (one.at, one.case), reverse=True)[:_ENTRIES]
    root = str(request.base_url).rstrip("/")
    return Response("".join(_feed(root, site.base.about, latest)), media_type=ATOM)


def _feed(root: str, about: dict[str, Any], latest: list[Changed]) -> list[str]:
    updated = latest[0].at if latest else str(about["built"])
    return [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n',
        f"<title>Independent Medical Review letters: changes</title><id>{escape(root)}/api/changes</id>\n",
        f'<link rel="self" href="{escape(root)}/api/changes.atom"/><updated>{escape(updated)}</updated>\n',
        "<author><name>imr-kg</name></author>\n",
        *(_entry(root, one) for one in latest),
        "</feed>\n",
    ]


def _entry(root: str, one: Changed) -> str:
    node = address(case_node(one.case))
    return (
        f"<entry><title>{escape(one.case)} {one.change}</title><id>{escape(node)}#{escape(one.at)}</id>"
        f'<link href="{escape(root)}/api/cases/{escape(one.case)}"/>'
        f"<updated>{escape(one.at)}</updated></entry>\n"
    )

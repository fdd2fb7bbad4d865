"""Tables as files to keep: CSV, CSV for Excel, and workbooks with a sheet of notes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from kg import sheets
from kg.base.dataset_description import license_of_data
from kg.resources import code_version
from kg.web import negotiate
from kg.web.problems import ProblemError
from kg.web.site import Site

FILES = tuple(dict.fromkeys(sheets.MEDIA_TYPES.values()))
"""The media types of tables as files."""
TOLD = "Output format; overrides the Accept header. csv-bom is CSV for Excel; xlsx has a sheet of notes."


def form_of(
    request: Request,
    form: Annotated[Literal["json", sheets.Form] | None, Query(alias="format", description=TOLD)] = None,
) -> str:
    """The form of a table that an address or its ``Accept`` header asks for.

    Raises:
        ProblemError: with 406 where it asks for none of those there are.
    """
    offered = {"application/json": "json"} | {kind: form for form, kind in _BY_MEDIA_TYPE.items()}
    wanted = form or negotiate.best(request.headers.get("accept"), offered)
    if wanted is None:
        raise ProblemError(406, f"available formats: {', '.join(offered)}")
    return wanted


_BY_MEDIA_TYPE = {form: kind for form, kind in sheets.MEDIA_TYPES.items() if form != "csv-bom"}

FormDep = Annotated[str, Depends(form_of)]


def is_file(form: str) -> bool:
    """Whether a form is one of a table as a file."""
    return form in sheets.MEDIA_TYPES


def download(
    request: Request,
    site: Site,
    form: str,
    name: str,
    columns: Mapping[str, str] | Sequence[str],
    rows: Iterable[Sequence[Any]],
    about: Mapping[str, Any] | None = None,
) -> Response:
    """The rows as a file to keep; ``columns`` have their meanings, ``about`` is said in a workbook's notes.

    Without ``about`` the parameters of the address are noted.

    Raises:
        SettingError: the form cannot be made.
    """
    meanings = columns if isinstance(columns, Mapping) else {}
    if about is None:
        given = request.query_params
        about = {"filters": {key: "; ".join(given.getlist(key)) for key in given if key != "format"}}
    source = {"source": str(request.url), "generation": site.generation, "program": f"kg {code_version()}"}
    source["licence"] = license_of_data()
    table = sheets.Table(name, [*columns], rows, meanings, {**source, **about})
    suffix = "xlsx" if form == "xlsx" else "csv"
    return Response(
        sheets.write(table, form),
        media_type=sheets.MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{suffix}"', "Vary": "Accept"},
    )

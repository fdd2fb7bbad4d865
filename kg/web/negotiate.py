"""Which form of an answer a client wants (RFC 9110, 12.5)."""

from collections.abc import Mapping, Sequence


def quality(accept: str, media_type: str) -> float:
    """How much ``accept`` wants ``media_type``, 0 to 1; the most specific range that fits decides.

    >>> quality("text/*;q=0.5, text/csv, */*;q=0.1", "text/csv")
    1.0
    >>> quality("text/*;q=0.5, text/csv, */*;q=0.1", "text/turtle")
    0.5
    >>> quality("application/json;q=0", "application/json")
    0.0
    """
    main = media_type.partition("/")[0]
    best = (-1, 0.0)
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        if name == media_type:
            rank = 2
        elif name == f"{main}/*":
            rank = 1
        elif name in {"*/*", "*"}:
            rank = 0
        else:
            continue
        best = max(best, (rank, _weight(parameters)))
    return best[1]


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def packed(accept_encoding: str | None) -> bool:
    """Whether a client takes an answer that is packed as gzip does (RFC 9110, 12.5.3).

    >>> packed("gzip, deflate, br"), packed("gzip;q=0"), packed(None)
    (True, False, False)
    """
    return quality(accept_encoding or "", "gzip") > 0


def packing(accept_encoding: str | None, offered: Sequence[str]) -> str | None:
    """How an answer is packed for a client, ``None`` for as it is; the first of ``offered`` of equals.

    A client that takes whatever there is gets what is oldest, which is last in ``offered``.

    >>> offered = ("zstd", "gzip")
    >>> packing("gzip, deflate, br, zstd", offered), packing("gzip, zstd;q=0.5", offered)
    ('zstd', 'gzip')
    >>> packing("*", offered), packing("br", offered), packing("zstd;q=0, gzip;q=0", offered)
    ('gzip', None, None)
    """
    asked = accept_encoding or ""
    named = {entry.partition(";")[0].strip().lower() for entry in asked.split(",")}
    takes = [name for name in offered if name in named or name == offered[-1]]
    found = max(takes, key=lambda name: quality(asked, name))
    return found if quality(asked, found) > 0 else None


def unchanged(if_none_match: str | None, etag: str) -> bool:
    """Whether a client has the answer with this tag already (RFC 9110, 13.1.2): tags are compared weakly.

    >>> unchanged('"a", W/"b"', '"b"'), unchanged("*", '"b"'), unchanged('"ab"', '"b"')
    (True, True, False)
    """
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def best(accept: str | None, offered: Mapping[str, str]) -> str | None:
    """The form of ``offered`` (media type to form, best first) that ``accept`` wants most.

    ``None`` where it wants none of them; the first where the client does not say.

    >>> best("text/csv;q=0.9, application/xml", {"application/json": "json", "text/csv": "csv"})
    'csv'
    >>> best("image/png", {"text/csv": "csv"}) is None
    True
    """
    if accept is None or not accept.strip():
        return next(iter(offered.values()))
    # max keeps the first of equals, so the order of what is offered decides.
    wanted, form = max(
        ((quality(accept, media_type), form) for media_type, form in offered.items()),
        key=lambda pair: pair[0],
    )
    return form if wanted > 0 else None

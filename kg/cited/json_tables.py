"""Tables of figures as JSON, the same from the command and the API: each row with its address."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import polars as pl

from kg.analysis import network as networks
from kg.analysis import sides as two_sides
from kg.analysis.covariates import NOTHING
from kg.analysis.coverage import Coverage
from kg.analysis.decisions import OUTCOMES
from kg.analysis.driver_row.robustness import HELP as OF_SPECIFICATIONS
from kg.analysis.driver_row.robustness import Robustness, SpecificationRow
from kg.analysis.drivers import HELP as OF_DRIVERS
from kg.analysis.drivers import DriverRow, Drivers
from kg.analysis.filters import Filters
from kg.analysis.network import LinkRow, Network, NodeRow
from kg.analysis.outcomes import HELP as OF_OUTCOMES
from kg.analysis.outcomes import Outcomes
from kg.analysis.reasons.ground_rates import HELP as OF_GROUNDS
from kg.analysis.reasons.ground_rates import GroundRow, Grounds
from kg.analysis.reasons.stock_sentences import HELP as OF_SENTENCES
from kg.analysis.reasons.stock_sentences import Stock, StockRow, row_name
from kg.analysis.related.rankings import Related
from kg.analysis.sides import AgreementRow, GroupAgreementRow, PairRow, Sides, SilentRow
from kg.analysis.trends import HELP as OF_TRENDS
from kg.analysis.trends import ChangeRow, MonthRow, Trends
from kg.cited.figure_address import Asked
from kg.cited.figure_tables import row_of_coverage
from kg.cited.wanted import named
from kg.explore.json_answers import listing, related

Cite = Callable[[Asked], str]
"""Makes the address of a figure."""


def row_of(asked: Asked, row: type, values: Mapping[str, Any]) -> Asked:
    """A row of a table as a figure."""
    if row is DriverRow:  # a key says itself of which guideline it is
        return replace(asked, row=values["key"])
    if row is StockRow:  # a sentence can be longer than an address
        return replace(asked, row=row_name(values["sentence"], alike=bool(asked.alike)))
    return replace(asked, row=named(row, values))


def cited(cite: Cite, asked: Asked, row: type, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table, each with its figure; ``asked`` says of which table."""
    return [{**one, "figure": cite(row_of(asked, row, one))} for one in rows]


@dataclass(frozen=True, slots=True)
class JsonTable:
    """Rows of type ``row``, the figures that they are and that the whole is, and what is said of the whole.

    ``first`` is the place of the first row that ``frame`` has, and ``total`` how many rows there are,
    where it has not all.
    """

    row: type
    frame: pl.DataFrame
    figure: Asked
    whole: Asked
    told: Mapping[str, Any]
    first: int = 0
    total: int | None = None

    def page(self, generation: str, cite: Cite, limit: int | None = None, offset: int = 0) -> dict[str, Any]:
        """A page of the rows, all without ``limit``, as every address and command gives it."""
        shown = self.frame.slice(offset - self.first, limit).to_dicts()
        total = self.frame.height if self.total is None else self.total
        following = str(offset + limit) if limit is not None and offset + limit < total else None
        rows = cited(cite, self.figure, self.row, shown)
        if self.row is DriverRow:
            rows = [row | {"about": about(self.figure, self.told["minimum"], row["key"])} for row in rows]
        return listing(generation, rows, total, following, **self.told, figure=cite(self.whole))


# --- drivers and what is behind a row ----------------------------------------------------------------


def of_drivers(found: Drivers) -> JsonTable:
    """A table of drivers."""
    counts = {name: getattr(found, name) for name in ("decisions", *OUTCOMES)}
    told = counts | {
        "level": found.level,
        "party": found.party,
        "filters": found.filters.written(),
        "minimum": found.minimum,
        "adjust": list(found.adjust),
        "at_risk": found.at_risk,
        "letters": found.letters,
        "verdict": found.verdict,
        "sets": [asdict(one) for one in found.sets],
        "notes": list(found.notes),
        "help": OF_DRIVERS,
    }
    return JsonTable(DriverRow, found.table, driver_figure(found), driver_figure(found), told)


def driver_figure(table: Drivers, key: str = "") -> Asked:
    """A row as a figure that can be cited; without a key, what is said of the whole table."""
    equal = ",".join(table.adjust or (NOTHING,))
    return Asked("driver", table.party, table.filters, table.level, key, adjust=equal)


def about(table: Asked, minimum: int, key: str) -> str:
    """The address of what is behind one row of a table of drivers."""
    asked = {"level": table.level, "party": table.party, "minimum": minimum, "adjust": table.adjust}
    return f"/api/drivers/{quote(key)}?{urlencode(asked | table.filters.written(), doseq=True)}"


def of_robustness(found: Robustness) -> JsonTable:
    """One row under several specifications."""
    told = asdict(found) | {"filters": found.filters.written(), "help": OF_SPECIFICATIONS}
    del told["rows"]
    figure = Asked("specification", found.party, found.filters, found.level, key=found.key)
    return JsonTable(SpecificationRow, found.to_frame(), figure, figure, told)


# --- outcomes, sides, trends, networks ----------------------------------------------------------------


def of_outcomes(found: Outcomes, by: str, across: str | None, party: str, minimum: int) -> JsonTable:
    """Outcomes by what decisions have."""
    told = {
        "by": by,
        "across": across,
        "party": party,
        "minimum": minimum,
        "help": OF_OUTCOMES,
        "filters": found.filters.written(),
        "notes": list(found.notes),
    }
    figure = Asked("group", party, found.filters, by=by, across=across or "")
    return JsonTable(found.row, found.to_frame(), figure, Asked("outcomes", party, found.filters), told)


_SHOWN = {"agreement": AgreementRow, "pairs": PairRow, "silent": SilentRow}


def of_sides(found: Sides, show: str, by: str | None, minimum: int) -> JsonTable:
    """What the two sides cite; ``show`` is agreement, pairs or silent."""
    row, frame = (GroupAgreementRow, found.groups) if by else (_SHOWN[show], getattr(found, show))
    told = {
        "level": found.level,
        "show": show,
        "by": by,
        "minimum": minimum,
        "help": two_sides.HELP,
        "filters": found.filters.written(),
        "notes": list(found.notes),
        "same_share": found.same_share,
        "effect": None if found.effect is None else asdict(found.effect),
    }
    figure = side_figure(found, "agreement" if by else show, by)
    return JsonTable(row, frame, figure, side_figure(found, "agreement", by), told)


def side_figure(found: Sides, show: str, by: str | None) -> Asked:
    """A table of the two sides as figures; ``show`` is that of the API."""
    kind = {"agreement": "agreement", "pairs": "pair", "silent": "silent"}[show]
    own = by or "" if kind == "agreement" else ""
    return Asked(kind, "any", found.filters, found.level, by=own)


def of_trends(found: Trends, cite: Cite) -> JsonTable:
    """Months, with the changes at each edition beside them."""
    changed = trend_figure(found, "change")
    told = {
        "key": found.key,
        "party": found.party,
        "filters": found.filters.written(),
        "changes": cited(cite, changed, ChangeRow, map(asdict, found.changes)),
        "verdict": found.verdict,
        "notes": list(found.notes),
        "help": OF_TRENDS,
    }
    return JsonTable(MonthRow, found.to_frame(), trend_figure(found, "month"), changed, told)


def trend_figure(found: Trends, kind: str) -> Asked:
    """Months or changes as figures."""
    return Asked(kind, found.party, found.filters, key=found.key or "")


def of_network(
    found: Network, minimum: int, q: float, cite: Cite, limit: int | None = None, offset: int = 0
) -> JsonTable:
    """Links, with the nodes that those of a page join."""
    frame = found.to_frame()
    linked = pl.concat(frame.slice(offset, limit)[end] for end in ("source", "target"))
    figure = link_figure(found, minimum, q)
    nodes = found.nodes().filter(pl.col("node").is_in(linked.implode())).to_dicts()
    told = {
        "kind": found.kind,
        "level": found.level,
        "party": found.party,
        "minimum": minimum,
        "q": q,
        "filters": found.filters.written(),
        "notes": list(found.notes),
        "help": networks.HELP,
        "nodes": cited(cite, replace(figure, kind="linked"), NodeRow, nodes),
        "communities": list(found.communities),
    }
    return JsonTable(LinkRow, frame, figure, figure, told)


def link_figure(found: Network, minimum: int, q: float) -> Asked:
    """A network as figures."""
    of = Asked("link", found.party, found.filters, found.level, links=found.kind)
    return replace(of, minimum=str(minimum), q=str(q))


# --- what reviewers state, and what was read ----------------------------------------------------------


def of_grounds(found: Grounds, by: str, key: str | None, party: str) -> JsonTable:
    """Grounds that reviewers state."""
    told = {
        "by": by,
        "key": key,
        "party": party,
        "filters": found.filters.written(),
        "verdict": found.verdict,
        "notes": list(found.notes),
        "help": OF_GROUNDS,
    }
    figure = Asked("ground", party, found.filters, by=by, key=key or "")
    return JsonTable(GroundRow, found.to_frame(), figure, figure, told)


def of_sentences(found: Stock, minimum: int, offset: int = 0) -> JsonTable:
    """Sentences that several letters have, of which ``found`` has those from ``offset``."""
    told = {
        "alike": found.alike,
        "filters": found.filters.written(),
        "verdict": found.verdict,
        "notes": list(found.notes),
        "help": OF_SENTENCES,
    }
    figure = sentence_figure(found, minimum)
    return JsonTable(StockRow, found.to_frame(), figure, figure, told, offset, found.total)


def sentence_figure(found: Stock, minimum: int) -> Asked:
    """A list of repeated sentences as figures."""
    return Asked("sentence", filters=found.filters, alike="yes" if found.alike else "", minimum=str(minimum))


def of_related(
    found: Related,
    asked: tuple[Filters, str | None],
    notes: Iterable[str],
    generation: str,
    cite: Cite | None,
    **more: Any,
) -> dict[str, Any]:
    """Similar cases under filters and of an outcome, without ``cite`` for a case without decisions here."""
    told = related(generation, found, notes, **more)
    if found.case is not None and cite is not None:
        filters, outcome = asked
        figure = Asked("similar", filters=filters, case=found.case, outcome=outcome or "", mode=found.mode)
        told["figure"] = cite(figure)
        for row in told["results"]:
            row["figure"] = cite(replace(figure, row=row["case"]))
    return told


def of_coverage(found: Coverage, generation: str, cite: Cite, limit: int | None = None) -> dict[str, Any]:
    """What was read, and what not; ``limit`` holds for each list."""

    def rows(listed: Iterable[NamedTuple]) -> list[dict[str, Any]]:
        shown = (row._asdict() for row in islice(listed, limit))
        return [row | {"figure": cite(Asked("field", row=row_of_coverage(row)))} for row in shown]

    return {
        "letters": found.letters,
        "documents": found.documents,
        "items": found.items,
        "citations": found.citations,
        "fields": rows(found.totals()),
        "by_template": rows(found.fields),
        "problems": rows(found.problems),
        "unresolved": rows(found.unresolved),
        "figure": cite(Asked("field")),
        "generation": generation,
    }

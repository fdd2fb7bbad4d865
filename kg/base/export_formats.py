"""The formats in which a knowledge base is exported; :mod:`kg.base.export` has a writer for each.

They stand by themselves because a command's help names them, which has to be there at once.
"""

from enum import StrEnum


class Format(StrEnum):
    """A format of other tools. All but ``xlsx``, ``graphml`` and ``gexf`` are streamed."""

    N_TRIPLES = "nt"
    """The triples; of a whole base with its ontology and catalogues."""
    TURTLE = "ttl"
    """The same as Turtle."""
    JSON_LD = "jsonld"
    """One readable document a case, with ``ontology/context.jsonld``; a whole base as the triples are."""
    PARQUET = "parquet"
    """The facts table as it is."""
    CSV = "csv"
    """The facts table; lists are joined by ``; ``, and what a spreadsheet would compute begins with ``'``."""
    CSV_BOM = "csv-bom"
    """The same with a byte order mark, by which Excel knows UTF-8."""
    XLSX = "xlsx"
    """The facts table as a workbook, with a sheet on what its columns mean; held in memory."""
    GRAPHML = "graphml"
    """The cases, their parts and what they cite as nodes and edges, for network tools."""
    GEXF = "gexf"
    """The same as GEXF."""


QUOTED = (Format.N_TRIPLES, Format.TURTLE)
"""The formats that can hold quotes of the letters."""

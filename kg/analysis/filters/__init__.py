"""Filters of decisions: the one table of them (``table``), and those that are set (``chosen``)."""

from kg.analysis.filters.choices import check_minimum, choose, unknown
from kg.analysis.filters.chosen import Filters, Given
from kg.analysis.filters.filter import Filter
from kg.analysis.filters.table import FILTERS

__all__ = ["FILTERS", "Filter", "Filters", "Given", "check_minimum", "choose", "unknown"]

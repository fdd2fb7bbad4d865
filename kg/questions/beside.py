"""Words beside the phrases of a question, which say how these are meant: *cited by*, *had already had an*."""

from kg.reading.text.terminal_search import Terminals

BESIDE = Terminals("question-beside.lark")
"""Each kind of such words, by the name of its terminal."""

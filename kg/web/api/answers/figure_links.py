"""The addresses that answers carry, each of which gives the figures beside it again."""

from urllib.parse import parse_qsl

from kg.cited.figure_address import Asked
from kg.cited.of_questions import of_conditions
from kg.explore.suggest import Suggestion
from kg.questions.complete import Completion
from kg.questions.question_reader import read_question
from kg.web.site import Site


def of_node(site: Site, node: str, party: str = "any") -> str:
    """The address of how the decisions of a node of the graph end."""
    return site.cite(Asked("node", party, node=node))


def completion_figure(site: Site, one: Completion) -> str:
    """The address of the decisions that a completed question leaves."""
    return site.cite(of_conditions(read_question(one.text)))


def suggestion_figure(site: Site, one: Suggestion) -> str:
    """The address of the decisions of what a name stands for: a node, a treatment, or items in its words."""
    if one.kind == "treatment":
        return site.cite(Asked.of("cases", parse_qsl(one.path.partition("?")[2])))
    return of_node(site, one.node) if one.node else site.cite(Asked("wording", text=one.label))

"""Terms that no base states, because the ontology entails them, and queries that ask for them.

``imr:hasCitation`` follows from ``imr:reviewerCitation``, ``imr:itemOf`` from ``imr:disputedItem`` and
``imr:LetterPart`` from ``imr:Citation``. A query is rewritten before it runs: such a property becomes a path
over what is stated, such a class is found through ``rdfs:subClassOf``. The axioms of ``ontology/imr.ttl``
count: sub-properties, inverses, chains of properties and sub-classes. Where a query has a variable in their
place, or ``CONSTRUCT WHERE``, which takes no path, it finds what is stated.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from kg import resources, turtle
from kg.graph import iri
from kg.graph.sparql import RDF_TYPE, Token, named, tokens
from kg.graph.vocab import IMR, SKOS

_RDF, _RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"

_STATED = {str(term) for term in (IMR.disputedItem, IMR.rationale, SKOS.topConceptOf, SKOS.inScheme)}
"""Properties that are stated although other properties entail them."""
PARTLY_STATED = {str(IMR.bodyPart)}
"""Properties that are stated of some nodes, and entailed of others."""
_ALL_STATED = str(SKOS.Concept)
"""The class that is stated of all its members beside their own class."""


@cache
def said() -> turtle.Statements:
    """What the ontology says of its terms, read once: nobody may change it."""
    return turtle.statements(iri.rebased(resources.text("ontology", "imr.ttl")))


@cache
def properties() -> Mapping[str, str]:
    """Each property that is entailed, at least of some nodes, with the path that finds it in what is stated.

    >>> properties()[str(IMR.itemOf)]
    '^<https://w3id.org/imr-kg/ontology#disputedItem>'
    """
    known = [name for name, about in said().items() if any("Property" in kind for kind in about[RDF_TYPE])]
    paths = {name: _path(name) for name in known if name not in _STATED}
    return {name: path for name, path in paths.items() if path != f"<{name}>"}


@cache
def classes() -> frozenset[str]:
    """Each class that is entailed only: its members are stated to be of a sub-class.

    >>> str(IMR.LetterPart) in classes(), str(IMR.Citation) in classes()
    (True, False)
    """
    above = {over for about in said().values() for over in about[f"{_RDFS}subClassOf"]}
    return frozenset(name for name in above - {_ALL_STATED} if name in said() and ":" in name)


def _path(name: str) -> str:
    """A path over what is stated that finds what a property is entailed to hold."""
    if name in _STATED:
        return f"<{name}>"
    subs = [under for under in list(said()) if name in said()[under][f"{_RDFS}subPropertyOf"]]
    found = [f"<{name}>"] if name in PARTLY_STATED else []
    found += [_path(under) for under in subs]
    found += [f"^{_path(other)}" for other in said()[name][f"{_OWL}inverseOf"]]
    for chain in said()[name][f"{_OWL}propertyChainAxiom"]:
        found.append("/".join(_path(link) for link in _list(chain)))
    return found[0] if len(found) == 1 else f"({'|'.join(found)})" if found else f"<{name}>"


def _list(node: str) -> Iterator[str]:
    while node in said():
        yield said()[node][f"{_RDF}first"][0]
        node = said()[node][f"{_RDF}rest"][0]


def rewritten(query: str) -> str:
    """A query that asks for entailed terms, as one that asks for what entails them; any other as it is.

    >>> rewritten("PREFIX imr: <https://w3id.org/imr-kg/ontology#> ASK { ?i imr:itemOf+ ?case }")[48:]
    'ASK { ?i (^<https://w3id.org/imr-kg/ontology#disputedItem>)+ ?case }'
    """
    read = list(tokens(query))
    names = named(read)
    if not any(name in properties() or name in classes() for name in names.values()):
        return query
    parts, begin = [], 0
    for token, text in sorted(_Patterns(read, names).changes().items()):
        parts += [query[begin : read[token].start], text]
        begin = read[token].end
    return "".join([*parts, query[begin:]])


class _Patterns:
    """The triple patterns of a query, walked through to find its predicates."""

    def __init__(self, read: list[Token], names: Mapping[int, str]) -> None:
        self._read, self._names = read, names
        self._place = 0
        self._found: dict[int, str] = {}

    def changes(self) -> dict[int, str]:
        """What stands instead of tokens, by their places."""
        while self._place < len(self._read):
            if self._text() == "{" and not self._is_template():
                self._group()
            elif self._text() == "{":
                self._skip()
            else:
                self._place += 1
        return self._found

    def _text(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._read[place].text if place < len(self._read) else ""

    def _is_template(self) -> bool:
        """Whether a ``{`` opens a template, or the pattern of the short form, which is a template, too."""
        before = self._read[max(0, self._place - 2) : self._place]
        words = [token.text.upper() for token in before]
        return words[-1:] == ["CONSTRUCT"] or words == ["CONSTRUCT", "WHERE"]

    def _skip(self) -> None:
        """Pass over brackets and what they hold, but for the patterns of an ``EXISTS``."""
        depth = 0
        while self._place < len(self._read):
            token = self._read[self._place]
            if token.text == "{" and self._place and self._read[self._place - 1].is_keyword("EXISTS"):
                self._group()
                continue
            depth += (token.kind == "open") - (token.kind == "close")
            self._place += 1
            if depth <= 0:
                return

    def _group(self) -> None:
        """A group of patterns, from its ``{`` to its ``}``."""
        self._place += 1
        turn = "subject"
        while self._place < len(self._read):
            token = self._read[self._place]
            if token.text == "}":
                self._place += 1
                return
            if token.text == "{":
                self._group()
                turn = "subject"
            elif token.kind == "word" and token.text != "a" and not token.is_keyword("TRUE", "FALSE"):
                self._clause()
                turn = "subject"
            elif turn == "verb" and token.text not in (".", ";"):
                self._verb()
                turn = "object"
            else:
                turn = self._term(turn)

    def _clause(self) -> None:
        """A keyword within a group: those with an expression or data are passed over with it."""
        word = self._read[self._place]
        self._place += 1
        if word.is_keyword("SELECT"):  # a query of its own, up to its group
            while self._place < len(self._read) and self._text() not in ("{", "}"):
                self._skip()
        elif word.is_keyword("GRAPH"):
            self._place += 1
        elif word.is_keyword("VALUES"):
            while self._place < len(self._read) and self._text() != "{":
                self._skip()
            self._skip()
        elif word.is_keyword("FILTER", "BIND", "HAVING"):
            while self._text() not in ("(", "{", "}", ""):
                self._place += 1
            if self._text() == "(":
                self._skip()

    def _term(self, turn: str) -> str:
        """A subject, an object or a mark between them; whose turn is next."""
        text = self._text()
        if text == "[":
            self._place += 1
            inner = "verb"
            while self._text() not in ("]", ""):
                if inner == "verb" and self._text() != ";":
                    self._verb()
                    inner = "object"
                else:
                    inner = self._term(inner)
            self._place += 1
        elif text == "(":
            self._skip()
        else:
            self._place += 1
            if text in (".", ";", ","):
                return {".": "subject", ";": "verb", ",": "object"}[text]
            follows = self._text()
            if follows.startswith("@") or follows == "^^":  # a literal's language or type
                self._place += 1 + (follows == "^^")
        return "verb" if turn == "subject" else "mark"

    def _verb(self) -> None:
        """A predicate: a variable or a path, up to where the object begins."""
        first = self._place
        depth, negated = 0, False
        while self._place < len(self._read):
            token = self._read[self._place]
            self._place += 1
            if token.text in ("^", "!"):
                negated = negated or token.text == "!"
                continue
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "(" or (depth and token.text != ")" and token.kind == "operator"):
                continue
            self._property(self._place - 1, negated=negated)
            while self._text() in ("*", "+", "?"):
                self._place += 1
            if depth:
                continue
            if self._text() not in ("/", "|"):
                break
            self._place += 1
            negated = False
        if self._place == first + 1 and self._names.get(first) == RDF_TYPE:
            self._type(first)

    def _property(self, place: int, *, negated: bool) -> None:
        path = properties().get(self._names.get(place, ""))
        if path is not None and not negated:
            self._found[place] = path if path.startswith(("<", "(")) else f"({path})"

    def _type(self, place: int) -> None:
        """``a`` before classes of which one is entailed."""
        listed = self._place
        while self._names.get(listed) not in classes():
            if listed + 2 >= len(self._read) or self._read[listed + 1].text != ",":
                return
            listed += 2
        self._found[place] = f"<{RDF_TYPE}>/<{_RDFS}subClassOf>*"

"""What a cited figure is of, and the address that says so."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.filters import FILTERS, Filters, choose
from kg.cited.figure_kinds import KINDS
from kg.cited.wanted import NOT, SEVERAL, SIDES, Wanted
from kg.errors import SettingError

_GENERATION = re.compile(r"[0-9]{6,9}")
_INPUTS = re.compile(r"[0-9]{1,9}-[0-9a-f]{16}")
LONGEST = 4_000
"""Characters of an address."""


@dataclass(frozen=True, slots=True)
class Asked(Wanted):
    """What is wanted, with the address that says so."""

    @property
    def address(self) -> str:
        """The path that gives the figure again.

        >>> Asked("outcomes", filters=Filters.of(drug="ibuprofen"), generation="000001").address
        '/figures/outcomes?party=reviewer&drug=ibuprofen&generation=000001'
        """
        own = {name: getattr(self, name) for name in KINDS[self.kind].takes}
        last = {"generation": self.generation, "inputs": self.inputs}
        given = [(name, each) for name, value in own.items() for each in _each(name, value)]
        given += self.filters.pairs()
        given += [(f"{part}-{name}", value) for part, own in self.parts for name, value in own.pairs()]
        given += [(name, value) for name, value in last.items() if value]
        return f"/figures/{quote(self.kind)}?{urlencode(given)}"

    @classmethod
    def read(cls, address: str) -> "Asked":
        """What an address asks for, with or without the server before it.

        Raises:
            ChoiceError: it is no figure's, or names what is not known.
            SettingError: a value is not written as it should be.
        """
        if len(address) > LONGEST:
            raise SettingError(f"a figure address has at most {LONGEST:,} characters")
        try:
            parts = urlsplit(address)
            given = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
        except ValueError as error:
            raise SettingError(f"not a figure address: {error}") from error
        return cls.of(parts.path.rpartition("/figures/")[2], given)

    @classmethod
    def of(cls, kind: str, given: list[tuple[str, str]]) -> "Asked":
        """What a kind of figure and pairs of names and values ask for.

        Raises:
            ChoiceError, SettingError: as :meth:`read`.
        """
        takes = KINDS[choose("kind of figure", kind, tuple(KINDS))].takes
        parts = KINDS[kind].parts
        named = {f"{part}-{name}": (part, name) for part in parts for name in FILTERS}
        filtered = FILTERS if KINDS[kind].filtered else ()
        known = (*takes, "generation", "inputs", *filtered, *named)
        own: dict[str, str] = {}
        filters: dict[str, dict[str, list[str]]] = {}
        for name, value in given:
            choose("parameter of a figure", name, known)
            if name in FILTERS or name in named:
                part, filter_ = named.get(name, ("", name))
                filters.setdefault(part, {}).setdefault(filter_, []).append(value)
            elif name in own and name not in SEVERAL:
                raise SettingError(f"{name} is given twice")
            else:
                own[name] = "\n".join(filter(None, (own.get(name), *_each(name, value))))
        made = {part: Filters.of(**values) for part, values in filters.items()}
        of = tuple((part, made[part]) for part in parts if part in made)
        own.setdefault("party", KINDS[kind].party)
        return cls(kind, filters=made.get("", Filters()), parts=of, **own).checked()

    def checked(self) -> "Asked":
        """The same, where every value is one that there can be.

        Raises:
            ChoiceError, SettingError: a value is none.
        """
        choose("party", self.party, PARTIES)
        choose("level", self.level, LEVELS)
        if self.generation and not _GENERATION.fullmatch(self.generation):
            raise SettingError(
                f"generation {self.generation!r} is not a number of six digits, such as 000001"
            )
        if self.inputs and not _INPUTS.fullmatch(self.inputs):
            raise SettingError(
                f"inputs {self.inputs!r} is not a number and a digest, such as 152-0123456789abcdef"
            )
        given = {part.removesuffix(f"-{NOT}") for part, _ in self.parts}
        if self.kind == "comparison" and not given >= set(SIDES):
            raise SettingError("a comparison needs a filter on each side, such as one-drug and other-drug")
        if (row := KINDS[self.kind].row) and not self.row and not KINDS[self.kind].whole:
            raise SettingError(f"a figure of the kind {self.kind} needs row: {row}")
        for name in KINDS[self.kind].needs:
            if not getattr(self, name).strip():
                raise SettingError(f"a figure of the kind {self.kind} needs {name}")
        return self


def _each(name: str, value: str) -> list[str]:
    return [one for one in (value.split("\n") if name in SEVERAL else [value]) if one]


def about(asked: Asked) -> str:
    """What a figure is of, in words.

    >>> about(Asked("outcomes", filters=Filters.of(drug="ibuprofen")))
    'Outcomes of decisions: drug ibuprofen, party reviewer'
    """
    told = (
        [str(asked.filters)]
        + [f"{part.replace('-', ' ')} {own}" for part, own in asked.parts]
        + [f"{n} {one}" for n in KINDS[asked.kind].takes for one in _each(n, getattr(asked, n))]
    )
    return f"{KINDS[asked.kind].words}: {', '.join(told)}"

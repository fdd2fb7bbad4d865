"""How much of something, how often, for how long, and the codes that stand for it."""

from kg.model.closed import CodeSystem, TimeUnit, Unit
from kg.model.spans import Read, Span


class Quantity(Read, frozen=True, gc=False):
    """How much was requested: ``minimum`` to ``maximum`` of ``unit``.

    ``3 times a week for 4 weeks`` is 12 to 12 visits.
    """

    minimum: float
    maximum: float
    unit: Unit
    span: Span


class Frequency(Read, frozen=True, gc=False):
    """How often: ``minimum`` to ``maximum`` times in a period.

    ``every 4-6 weeks`` is once in 4 to 6 weeks, ``tid`` three times in 1 day. The fields are those of
    `Timing.repeat <https://hl7.org/fhir/datatypes.html#Timing>`_ in FHIR.
    """

    minimum: float
    maximum: float
    period_minimum: float
    period_maximum: float
    period_unit: TimeUnit
    span: Span


class TimeSpan(Read, frozen=True, gc=False):
    """How long, in the unit that is printed: ``30 day supply``, ``for 6-8 weeks``."""

    minimum: float
    maximum: float
    unit: TimeUnit
    span: Span


class Refills(Read, frozen=True, gc=False):
    """How many refills; 0 where the item says that there are none."""

    minimum: float
    maximum: float
    span: Span


class Code(Read, frozen=True, gc=False):
    """A code that an item prints, without its modifier."""

    system: CodeSystem
    code: str
    span: Span

"""The names of the classes of grounds, and of what each is about."""

import re
from collections.abc import Mapping
from functools import cache

from kg.reading.vocabulary.concepts import read

_FINDINGS = (
    *("objective finding", "neurological finding", "neurologic finding", "neuro finding", "radiculopathy"),
    *("neurological deficit", "neurologic deficit", "clinical finding", "physical finding"),
)
_ALSO: Mapping[str, tuple[str, ...]] = {
    "cannot-modify": ("modification of the request", "possibility of modification"),
    "exceptional": (
        *("exceptional circumstance", "extraordinary circumstance", "special circumstance"),
        *("circumstances exceptional", "exceptional case", "exceptional situation"),
    ),
    "dependent": ("dependent item", "dependence on another item", "dependency", "dependence"),
    "not-addressed": ("silence of the guideline", "guideline silence", "guideline's silence"),
    "request-form": (
        *("particulars of the request", "particulars", "frequency or duration", "frequency and duration"),
        *("frequency", "duration", "quantity", "body part requested", "dosage", "dose"),
    ),
    "red-flag": ("red flag", "red flag sign", "emergent sign"),
    "response": (
        *("response", "response to treatment", "response to therapy", "functional improvement"),
        *("response to earlier treatment", "response to prior treatment", "response to previous treatment"),
        *("objective functional improvement", "objective improvement", "improvement in function"),
        *("functional gain", "functional benefit", "improvement", "benefit", "efficacy", "pain relief"),
        *("therapeutic benefit", "clinical benefit", "evidence of benefit", "effectiveness"),
    ),
    "conservative-care": (
        *("conservative care", "conservative treatment", "conservative therapy", "conservative measure"),
        *(
            f"{failed} {care}"
            for failed in ("failed", "failure of", "failure with", "exhaustion of", "exhausted")
            for care in (
                "conservative care",
                "conservative treatment",
                "conservative therapy",
                "first line therapy",
            )
        ),
        *("conservative management", "first line treatment", "first line therapy", "first line drug"),
        *("first line medication", "first line agent", "trial of conservative care", "first line care"),
    ),
    "repeat": ("repetition", "duplication", "redundancy"),
    "amount": ("amount", "number of visits", "recommended amount", "recommended number of visits"),
    "alternative": ("alternative in place", "alternative treatment", "alternative"),
    "test-result": (
        *("test result", "imaging finding", "diagnostic result", "lab result", "laboratory result"),
        *("imaging corroboration", "electrodiagnostic finding", "corroboration", "imaging confirmation"),
    ),
    "examination": (
        *("examination", "examination finding", "exam finding", "physical exam finding"),
        *("physical examination finding", "physical exam", "physical examination", "functional deficit"),
        *(
            f"{found}{where}"
            for found in (*_FINDINGS, "finding")
            for where in (" on exam", " on examination", " on physical exam", " on physical examination")
        ),
        *_FINDINGS,
    ),
    "diagnosis": (
        *("diagnosis", "diagnoses", "required diagnosis", "qualifying diagnosis", "supporting diagnosis"),
        *("risk factor", "GI risk factor", "GI risk", "gastrointestinal risk factor", "diagnosis criterion"),
    ),
    "safety": ("safety", "safety concern", "adverse effect", "side effect", "risk of dependence"),
    "plan": (
        *("plan", "treatment plan", "plan of care", "plan of treatment", "treatment goal", "goal"),
        *("provider's reasoning", "stated rationale", "reasoning", "reasoning and plan"),
    ),
    "records": (
        *("records", "medical record", "clinical record", "documentation", "supporting documentation"),
        *("paperwork", "medical paperwork", "supporting paperwork"),
        *("clinical note", "progress note", "medical documentation", "clinical documentation"),
    ),
    "recommended": (
        *("guideline's stand", "guideline recommendation", "guideline's recommendation", "recommendation"),
        *("guideline support", "support of the guideline", "support in the guideline"),
    ),
    "other": ("other ground", "other reason"),
}
"""What each class is called beside its label and its notation."""


@cache
def names() -> Mapping[str, str]:
    """Each name of a ground, in lower case, with its class.

    >>> names()["reasoning and plan"], names()["red-flag"]
    ('plan', 'red-flag')
    """
    labels = {c.notation: c.preferred for c in read("grounds.ttl").values() if c.notation in _ALSO}
    called = {name: (labels[name], name, name.replace("-", " "), *said) for name, said in _ALSO.items()}
    return {said.lower(): name for name, several in called.items() for said in several}


def pattern() -> str:
    """The names as a regular expression, each in singular and plural, the longest first.

    >>> re.search(pattern(), "no red-flags")[0]
    'red-flags'
    """
    said = sorted(names(), key=len, reverse=True)
    return "(?:" + "|".join(_of_words(one) for one in said) + r")(?![\w-])(?!\s+of\s)"


def _of_words(name: str) -> str:
    words = [re.escape(word).replace("'", "['’]") for word in re.split(r"[\s-]+", name)]
    joined = r"s?[\s-]+".join(words)
    return joined if name.endswith("is") else joined.removesuffix("s") + "(?:s|es)?"


def class_of(printed: str) -> str:
    """The class that a name as it is printed names.

    >>> class_of("Treatment  plans"), class_of("diagnosis")
    ('plan', 'diagnosis')
    """
    return next(
        name
        for said, name in sorted(names().items(), key=lambda pair: -len(pair[0]))
        if re.fullmatch(_of_words(said), printed, re.IGNORECASE)
    )

"""How questions call the grounds that reviewers state."""

from collections.abc import Iterator
from itertools import product

# Ways to ask for a ground: what stands before or after its name, and whether it is then met.
_LACKING = (
    "no",
    "w/o",
    "lack of",
    "lacking",
    "missing",
    "without",
    "absence of",
    "insufficient",
    "not enough",
    "failure to show",
    "failure to document",
    "inadequate",
    "want of",
    "absent",
    "insufficient evidence of",
    "lack",
    "lacked",
    "lacks",
)
_HAVING = (
    "documented",
    "presence of",
    "evidence of",
    "documentation of",
    "proven",
    "with documented",
    "adequate",
    "sufficient",
)
_SHOWN = (
    "documented",
    "met",
    "present",
    "shown",
    "demonstrated",
    "established",
    "proven",
    "found",
    "stated",
    "tried",
    "attempted",
    "given",
    "described",
    "satisfied",
    "provided",
    "specified",
    "noted",
    "performed",
    "completed",
    "submitted",
    "listed",
    "reported",
    "recorded",
    "failed",
    "exhausted",
    "mentioned",
    "included",
    "tried or exhausted",
    "tried or failed",
    "tried and failed",
    "exhausted or tried",
)
_BEING = ("", "is ", "are ", "was ", "were ", "had been ", "has been ", "have been ")
_GROUNDED = (
    *(
        (f"{lacking} {of}{{}}", "not-met")
        for lacking in _LACKING
        for of in ("", "a ", "any ", "documented ", "documentation of ", "evidence of ", "proof of ")
    ),
    *((f"{having} {{}}", "met") for having in _HAVING),
    *((f"{{}} {being}not {shown}", "not-met") for being in _BEING for shown in _SHOWN),
    *((f"{{}} {had} failed", "met") for had in ("had", "has", "have")),
    *((f"{{}} {had} not been {shown}", "not-met") for had in ("had", "has", "have") for shown in _SHOWN),
    *((f"{{}} {being}{shown}", "met") for being in _BEING for shown in _SHOWN),
    *(
        (f"{{}} {being}{lacking}", "not-met")
        for being in _BEING
        for lacking in ("missing", "lacking", "absent", "unclear", "insufficient", "inadequate")
    ),
    ("undocumented {}", "not-met"),
    ("because of {}", ""),
    ("due to {}", ""),
)
_CARE = (
    *(
        "first line treatment",
        "first line therapy",
        "first line drug",
        "first line medication",
        "first line agent",
    ),
    *("conservative care", "conservative treatment", "conservative therapy", "conservative measures"),
    "conservative management",
)
_INCOMPLETE = ("incomplete", "deficient", "not there", "not in order")
_TRIED = ("tried", "attempted", "exhausted", "undergone", "used")
_GROUNDS = {
    "red-flag": ("red flag",),
    "response": (
        *("response", "functional improvement", "documented improvement", "pain relief", "efficacy"),
        *("functional benefit", "improvement", "benefit", "response to treatment", "functional gain"),
        *("objective functional improvement", "objective improvement", "functional gains", "progress"),
        *("response to earlier treatment", "response to prior treatment", "response to previous treatment"),
    ),
    "conservative-care": (
        *("failed conservative care", "failed conservative treatment", "failed conservative therapy"),
        *("conservative care", "conservative treatment", "first line treatment", "conservative therapy"),
        *("conservative measures", "conservative management", "first line drug", "first line medication"),
        *(
            "first line",
            "first line agent",
            "first line therapy",
            "conservative modalities",
            "lower levels of care",
        ),
        *(f"{trial} {of} {care}" for trial, of in (("trial", "of"), ("attempt", "at")) for care in _CARE),
        *(f"{failed} trial of {care}" for failed in ("failed", "adequate") for care in _CARE),
    ),
    "amount": ("amount", "number of visits", "too many visits"),
    "examination": (
        *(
            "progressive neurologic deficit",
            "progressive neurological deficit",
            "neuro deficit",
            "neurodeficit",
        ),
        *("examination finding", "neurologic deficit", "objective finding", "radiculopathy", "exam finding"),
        *("neuro finding", "neuro findings on exam", "findings on exam", "findings on examination"),
        *("neurological finding", "neurological deficit", "physical finding", "physical exam finding"),
        *("radiculopathy on exam", "radiculopathy on examination", "radiculopathy on physical exam"),
        *("twitch response", "local twitch response"),
    ),
    "test-result": (
        *(
            "test result",
            "imaging finding",
            "corroboration",
            "imaging corroboration",
            "corroborating imaging",
        ),
        *("electrodiagnostic corroboration", "imaging evidence", "EMG evidence", "imaging confirmation"),
    ),
    "diagnosis": (
        *(
            "risk factor",
            "GI risk factor",
            "gastrointestinal risk factor",
            "GI risk",
            "gastrointestinal risk",
        ),
        *("required diagnosis", "qualifying diagnosis", "severe osteoarthritis", "supporting diagnosis"),
        *("neuropathic diagnosis", "neuropathic pain diagnosis", "diagnosis of neuropathic pain"),
    ),
    "records": (
        *("record", "documentation", "medical record", "information", "clinical information"),
        *("supporting documentation", "medical information", "clinical documentation"),
        *("paperwork", "medical paperwork", "supporting paperwork", "clinical paperwork"),
    ),
    "plan": ("treatment plan", "stated rationale", "plan of treatment", "treatment goal"),
    "safety": (
        *("safety concern", "side effect", "risk of dependence", "adverse effect", "aberrant behavior"),
        *("risk of addiction", "risk of abuse", "addiction risk", "abuse risk", "contraindication"),
    ),
    "alternative": ("alternative", "home exercise"),
    "exceptional": ("exceptional circumstance",),
    "request-form": (
        *("particulars of the request", "frequency or duration", "frequency and duration", "frequency"),
        *("frequency duration", "duration or frequency", "duration and frequency", "duration frequency"),
        *("duration", "quantity", "body part requested", "dosage"),
    ),
    "not-addressed": ("silence of the guideline", "guideline is silent"),
    "dependent": ("dependent item",),
    "repeat": ("repetition",),
}
"""How questions call the grounds."""


def _exceeding() -> Iterator[str]:
    """Ways to say that more is requested than is recommended."""
    for exceeds in (
        "exceeds",
        "exceeded",
        "exceed",
        "exceeding",
        "over",
        "more than",
        "beyond",
        "in excess of",
    ):
        for number in ("number", "number of visits", "number of sessions", "amount", "quantity", "duration"):
            yield f"{exceeds} the recommended {number}"
            yield from (f"{exceeds} the {number} {allowed}" for allowed in ("recommended", "allowed"))
    for more in ("more visits", "more sessions", "more"):
        yield from (
            f"{more} than {allowed}" for allowed in ("recommended", "allowed", "the guideline allows")
        )


_STUDIES = (
    *(
        "EMG",
        "NCV",
        "NCS",
        "EMG/NCV",
        "EMG/NCS",
        "electrodiagnostic",
        "electrodiagnostic study",
        "nerve study",
    ),
    *("MRI", "x-ray", "CT", "CT scan", "imaging", "image", "test", "test result", "study", "sleep study"),
)
_EXAMS = (
    *("exam", "examination", "physical exam", "physical examination", "neuro exam", "neurologic exam"),
    *("neurological exam", "neurological examination", "neurologic examination", "clinical exam"),
)
_FOUND = {"met": ("positive", "abnormal"), "not-met": ("negative", "normal", "unremarkable")}
"""What a study or an examination is where it found something, and where it did not."""


def _results() -> Iterator[tuple[str, str]]:
    """Ways to say what studies and examinations found, each with its ground."""
    for ground, names in (("test-result", _STUDIES), ("examination", _EXAMS)):
        for met, words in _FOUND.items():
            for name, word in product(names, words):
                yield f"{word} {name}", f"{ground}:{met}"
                yield f"{name} {word}", f"{ground}:{met}"
                yield from ((f"{name} {being} {word}", f"{ground}:{met}") for being in ("is", "was", "were"))


def _unmodified() -> Iterator[str]:
    """Ways to say that a reviewer cannot allow a part of a request."""
    for not_ in ("cannot", "can not", "can't", "could not", "couldn't"):
        yield from (f"{not_} be {changed}" for changed in ("modified", "changed", "altered", "reduced"))
        yield from (f"{not_} {change} {it}" for change in ("modify", "alter") for it in ("it", "the request"))


def _silent() -> Iterator[str]:
    """Ways to say that a guideline does not speak of a treatment."""
    for source in ("guideline", "guidelines", "the guideline", "MTUS", "the MTUS", "ODG", "ACOEM"):
        for silent in ("silent", "is silent", "was silent", "are silent", "were silent", "says nothing"):
            yield f"{source} {silent}"
        for does in ("does not", "did not", "do not", "doesn't", "didn't"):
            yield from (f"{source} {does} {cover}" for cover in ("cover", "address", "mention", "discuss"))
        yield from (
            f"not {covered} {by} {source}" for covered in ("covered", "addressed") for by in ("by", "in")
        )


_COUNTED = ("visits", "sessions", "treatments", "units", "tablets")
_LIMITS = ("the guideline", "guideline", "guidelines", "what the guideline allows", "the limit")
_SAID = {
    "amount:not-met": (
        *("exceeds", "exceeding the", "exceeds recommended visits", "exceeds the recommended visits"),
        *("exceeds the recommended number of visits", "exceeds the guideline", "exceeds guideline limits"),
        *("exceeds the recommendation", "over the limit", "exceeds the recommended number"),
        *("exceeded the guideline", "exceeds guideline amount", "exceeds the guideline amount"),
        *("exceeds the amount", "amount exceeded"),
        *(
            f"{number} {does} {limit}"
            for number in ("amount", "quantity", "duration", *(f"number of {each}" for each in _COUNTED))
            for does in ("exceed", "exceeds", "exceeded", "exceeding", "above", "over", "beyond")
            for limit in _LIMITS
        ),
        *_exceeding(),
        *("more than the guideline recommends", "more than the guideline allows", "exceeds guidelines"),
        *(
            "long term use",
            "longterm use",
            "longer than recommended",
            "exceeds the limit",
            "too many",
            "excessive",
        ),
        *(
            "beyond the guideline",
            "in excess of the guideline",
            "exceeds MTUS",
            "exceeds the MTUS",
            "exceeds ODG",
        ),
        *(
            "over the guideline limit",
            "beyond the recommended",
            "exceeded the recommended",
            "beyond guideline",
        ),
        *(
            "exceeding guideline",
            "exceeding the guideline",
            "exceeds recommendations",
            "longer than the guideline",
        ),
    ),
    "not-addressed": (
        *_silent(),
        *("guideline does not address it", "guideline does not address", "not addressed by the guideline"),
        *("not addressed by guideline", "not addressed in the guideline", "not covered by the guideline"),
        *("not mentioned in the guideline", "guideline says nothing"),
    ),
    "recommended:not-met": (
        *("not recommended by the guideline", "not recommended by guideline", "not recommended"),
        *("experimental", "investigational", "considered experimental", "unproven", "considered unproven"),
        *("guideline does not recommend", "not supported by the guideline", "not supported by guideline"),
    ),
    "recommended:met": ("recommended by the guideline", "supported by the guideline", "guideline recommends"),
    "conservative-care:not-met": (
        *("first line treatment not tried", "conservative care not tried first"),
        *(f"no {care} {tried}" for care in _CARE for tried in ("tried", "attempted", "tried first")),
        *(
            f"{had} {tried} {care}"
            for had in ("had not", "hadn't", "has not", "have not", "never", "had never", "not")
            for tried in _TRIED
            for care in _CARE
        ),
        *(f"{did} try {care}" for did in ("did not", "didn't", "does not", "do not") for care in _CARE),
        *(
            f"without {trying} {care}"
            for trying in ("trying", "attempting", "first trying")
            for care in _CARE
        ),
    ),
    "records:not-met": (
        *(f"record {how}" for how in _INCOMPLETE),
        *(
            f"{of} {what}"
            for of in ("incomplete", "absent", "deficient")
            for what in ("paperwork", "documentation")
        ),
        *(
            f"{what} {be}{how}"
            for what in ("paperwork", "documentation")
            for be in ("", "is ", "was ")
            for how in _INCOMPLETE
        ),
    ),
    "red-flag:not-met": ("red flag absent",),
    "conservative-care:met": (
        *("failed first line treatment", "failed first line therapy", "failure of conservative care"),
        *("failure of conservative treatment", "first line failed", "after failed conservative care"),
        *("failure of first line treatment", "conservative care tried and failed", "failed first line"),
    ),
    "test-result:not-met": (
        *("not corroborated", "not corroborated by imaging", "not corroborated by EMG", "uncorroborated"),
        *("not corroborated by MRI", "not corroborated by EMG or MRI", "no corroborating imaging"),
    ),
    "cannot-modify": (
        *(f"{what}{said}" for said in _unmodified() for what in ("", "request ", "the request ")),
        *(
            "no modification allowed",
            "no modification possible",
            "modification not possible",
            "all or nothing",
        ),
    ),
    "dependent": (
        *("surgery itself was upheld", "surgery itself was denied", "surgery was not approved"),
        *("surgery was not necessary", "surgery itself was not approved", "surgery itself was not necessary"),
    ),
}
"""Sentences that state a ground."""
_UNMISTAKABLE = {"red-flag", "conservative-care", "safety", "exceptional", "examination"}
"""Grounds whose names mean nothing else in a question."""


def phrases() -> Iterator[tuple[str, str, str]]:
    """Each phrase for a ground, the value of the filter that it means, and how it is offered.

    >>> {ground for said, ground, _ in phrases() if said == "no red flag"}
    {'red-flag:not-met'}
    """
    for name in ("failed conservative care", "failed conservative treatment"):
        yield name, "conservative-care:met", "failed conservative care"
    yield from ((said, ground, said) for said, ground in _results())
    for ground, sentences in _SAID.items():
        yield from ((said, ground, said) for said in sentences)
    for ground, names in _GROUNDS.items():
        if ground in _UNMISTAKABLE:
            # By its name alone, radiculopathy is what the patient has.
            yield from ((name, ground, name) for name in names if name != "radiculopathy")
        for name in names:
            for words_around, met in _GROUNDED:
                said = words_around.format(name)
                yield said, f"{ground}:{met}" if met else ground, said

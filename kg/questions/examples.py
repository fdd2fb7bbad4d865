"""Questions of each kind, offered where one is not understood."""

from difflib import SequenceMatcher

EXAMPLES = (
    "overturned lumbar MRI citing ACOEM chapter 12, by year, since 2015",
    "overturn rate of physical therapy by year",
    "do pain specialists overturn opioids more than orthopedic surgeons",
    "which services are overturned most",
    "top 10 services by overturn rate",
    "which specialties overturn most",
    "which pages are associated with overturning",
    "which sections do reviewers cite for opioids",
    "what do the two parties cite for physical therapy",
    "why was physical therapy upheld",
    "how many letters cite ODG by year",
    "number of letters per month",
    "pharmaceuticals except opioids by year",
    "are opioids overturned more often than NSAIDs",
    "how did the overturn rate of opioids change",
    "list overturned decisions on acupuncture",
    "cases like CM17-0004344 that went the other way",
    "does the reviewer's specialty matter for spine surgery",
)


def nearest(text: str, count: int = 3) -> list[str]:
    """The example questions that are most like a text, the nearest first.

    >>> nearest("which service gets overturned most?", 1)
    ['which services are overturned most']
    """
    wanted = text.casefold()
    return sorted(EXAMPLES, key=lambda one: -SequenceMatcher(None, wanted, one.casefold()).ratio())[:count]

"""Letters composed part by part, in the forms of 2014 on; the wording is ours."""

from dataclasses import dataclass

ROWS = (
    "Case Number: CM15-0001234 \n"
    "Date Assigned: 03/02/2015 Date of Injury:  07/08/2013 \n"
    "Decision Date: 04/06/2015 UR Denial Date:  01/20/2015 \n"
    "Priority:  Standard Application \n"
    "Received:  \n02/02/2015 \n \n"
)
"""The header table as one extraction leaves it: labels with their values, `Application Received:` parted."""
LINES = (
    "Case Number:\nCM15-0001234\nDate Assigned:\n03/02/2015\nDate of Injury:\n07/08/2013\n"
    "Decision Date:\n04/06/2015\nUR Denial Date:\n01/20/2015\nPriority:\nStandard\n"
    "Application\nReceived:\n02/02/2015\n\n"
)
"""One label and one value a line."""
COLUMNS = (
    "Case Number:\nDate Assigned:\nDecision Date:\nPriority:\nDate of Injury:\nUR Denial Date:\n"
    "Application\nReceived:\n\n"
    "CM15-0001234\n03/02/2015\n04/06/2015\nStandard\n07/08/2013\n01/20/2015\n02/02/2015\n\n"
)
"""All labels and then all values."""

HOW = "HOW THE IMR FINAL DETERMINATION WAS MADE"
SUMMARY = "CLINICAL CASE SUMMARY"
DECISIONS = "IMR ISSUES, DECISIONS AND RATIONALES"
FORTH = "The Final Determination was based on decisions for the disputed items/services set forth below:"

SENTENCE = (
    "The expert reviewer is Board Certified in Physical Medicine & Rehabilitation, has a subspecialty in "
    "Interventional Spine and is licensed to practice in California. He/she keeps a practice."
)
LISTED = (
    "The Expert Reviewer has the following credentials: \n"
    "State(s) of Licensure: California,North Carolina \n"
    "Certification(s)/Specialty: Preventive Medicine, Occupational Medicine"
)
PATIENT = "The patient is a 49 year old female with a date of injury of 07/08/2013. She tripped over a hose."
MTUS = "Decision based on MTUS Chronic Pain Treatment Guidelines Physical Medicine Page(s): 98-99."
NONE = "The Claims Administrator did not cite any medical evidence for its decision."
REASONS = "The worker is no longer helped by what was tried. The request is not medically necessary."


@dataclass(frozen=True)
class Item:
    """One disputed item with its outcome, both fields and the rationale, each on its lines."""

    text: str = "Physical therapy 12 visits"
    outcome: str = "Upheld"
    administrator: str | None = NONE
    reviewer: str | None = MTUS
    rationale: str | None = REASONS
    gap: str = " "

    def printed(self) -> str:
        """The issue as the letter prints it."""
        parts = [
            f"{self.text}:{self.gap}{self.outcome} ",
            self.administrator and f"Claims Administrator guideline: {self.administrator} ",
            self.reviewer and f"MAXIMUS guideline: {self.reviewer} ",
            self.rationale and f"Decision rationale: {self.rationale} ",
        ]
        return "\n \n".join(part for part in parts if part)


def letter(
    *items: Item,
    header: str = ROWS,
    credentials: str = LISTED,
    summary: str = PATIENT,
    headings: tuple[str, ...] = (HOW, SUMMARY, DECISIONS),
) -> str:
    """A letter with these parts, in the order of its headings."""
    under = {
        HOW: f"{HOW} \nA physician read the file. {credentials} \n \n",
        SUMMARY: f"{SUMMARY} \n \n{summary} \n \n",
        DECISIONS: f"{DECISIONS} \n{FORTH} \n \n",
    }
    issues = " \n \n".join(item.printed() for item in items or (Item(),))
    return header + "".join(under[heading] for heading in headings) + issues + "\n"


def spaced(text: str) -> str:
    """The letter as another extraction leaves it: an empty line after each printed line."""
    return text.replace("\n", "\n\n")

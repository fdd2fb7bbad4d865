"""The columns of the facts and of their companions: name, type and meaning, in order."""

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """What the values of a column are; each may be null. The rooms of ``kg.base.tables`` have it as types."""

    TEXT = "string"
    TEXTS = "list of string"
    SMALL = "int32"
    LARGE = "int64"
    NUMBER = "float64"
    DAY = "date"
    YES = "boolean"


Schema = Mapping[str, Kind]
Columns = Mapping[str, tuple[Kind, str]]

_TEXT, _SMALL, _YES = Kind.TEXT, Kind.SMALL, Kind.YES
_TEXTS, _DAY, _NUMBER = Kind.TEXTS, Kind.DAY, Kind.NUMBER

_FACTS: Columns = {
    "case": (_TEXT, "Case number."),
    "decision_date": (_DAY, "Day of the decision."),
    "year": (_SMALL, "Year of the decision."),
    "date_of_injury": (_DAY, "Day of the injury."),
    "template": (_TEXT, "Letter template."),
    "scanned": (_YES, "Whether the letter's text was recognized from a scan."),
    "priority": (_TEXT, "Priority of the review."),
    "age": (_SMALL, "Injured worker's age in years."),
    "sex": (_TEXT, "Injured worker's sex."),
    "specialties": (_TEXTS, "Specialties of the reviewer: preferred label, or as printed if unmatched."),
    "subspecialties": (_TEXTS, "Subspecialties of the reviewer, in the same way."),
    "licensed_in": (_TEXTS, "States that license the reviewer."),
    "injured_parts": (_TEXTS, "Body parts named in the case summary, in the form of `body_parts`."),
    "earlier_treatments": (_TEXTS, "Subcategory, drug class or category; with `:helped` or `:not-helped`."),
    "item": (_SMALL, "Position of the disputed item in the letter, from 1."),
    "outcome": (_TEXT, "Outcome of the item; null where it was not read."),
    "item_text": (_TEXT, "Item as printed."),
    "category": (_TEXT, "Category of service."),
    "subcategory": (_TEXT, "Subcategory of service."),
    "drug": (_TEXT, "Ingredients joined by a slash."),
    "drug_class": (_TEXT, "Class of the drug."),
    "body_parts": (_TEXTS, "Body parts of the item: `low back` or `knee:left`."),
    "conditions": (
        _TEXTS,
        "Conditions that the item or the summary names: notations of `ontology/conditions.ttl`.",
    ),
    "quantity_min": (_NUMBER, "Least quantity requested."),
    "quantity_max": (_NUMBER, "Greatest quantity requested."),
    "quantity_unit": (_TEXT, "Unit of the quantity."),
    "frequency_min": (_NUMBER, "Least number of times in a period."),
    "frequency_max": (_NUMBER, "Greatest number of times in a period."),
    "period_min": (_NUMBER, "Shortest period of the frequency."),
    "period_max": (_NUMBER, "Longest period of the frequency, such as 6 in `every 4-6 weeks`."),
    "period_unit": (_TEXT, "Unit of the period: `hour`, `day`, `week`, `month` or `year`."),
    "duration_min": (_NUMBER, "Shortest duration of the item."),
    "duration_max": (_NUMBER, "Longest duration of the item."),
    "duration_unit": (_TEXT, "Unit of the duration: `day`, `week`, `month` or `year`."),
    "refills_min": (_NUMBER, "Least number of refills; 0 where the item says that there are none."),
    "refills_max": (_NUMBER, "Greatest number of refills."),
    "supply_days_min": (_NUMBER, "Least days' supply; a month is 30 days, a year 365."),
    "supply_days_max": (_NUMBER, "Greatest days' supply."),
    "codes": (
        _TEXTS,
        "Printed codes with their list: `cpt:97110`, `hcpcs:E0730`, `icd-10:M54.5`, `ndc:...`.",
    ),
    "recommended_min": (
        _NUMBER,
        "Least amount that the rationale says is recommended, in the unit of the quantity.",
    ),
    "recommended_max": (
        _NUMBER,
        "Greatest amount that the rationale says is recommended, in the unit of the quantity.",
    ),
    "recommended_unit": (_TEXT, "Unit of the quantity, where an amount is recommended in it."),
    "exceeds_recommended": (
        _YES,
        "Whether the quantity is over every amount recommended in its unit; null where over some.",
    ),
    "retrospective": (_YES, "Whether the service had already been provided."),
    "associated_surgical_service": (_YES, "Whether the service is associated with a surgery."),
    "grounds": (
        _TEXTS,
        "Grounds that the reviewer states: notation of ground and met or not-met, as response:not-met.",
    ),
    "ground_cues": (
        _TEXTS,
        "The same for classes that are not read reliably enough to be counted as grounds.",
    ),
    "other_grounds": (
        _TEXTS,
        "Negative findings about the patient in words that fit no class of grounds.",
    ),
    "wording": (
        Kind.LARGE,
        "Digest of item, outcome and rationale; equal if they are equal word for word.",
    ),
    "party": (_TEXT, "Who cites: `reviewer` or `claims_administrator`."),
    "basis": (_TEXT, "Basis that the party says it relied on."),
    "citation": (_SMALL, "Position in the party's field, from 1; null where it cited nothing."),
    "mtus": (_YES, "Whether the citation names the MTUS."),
    "guideline": (_TEXT, "Notation of the work in `ontology/guidelines.ttl`."),
    "edition": (_SMALL, "Printed or inferred year of the edition."),
    "edition_inferred": (_YES, "Whether the edition is inferred from the decision date."),
    "chapter": (_TEXT, "Chapter: `12` or `Low Back`."),
    "section": (_TEXT, "Notation of the section; null if the title is not in the vocabulary."),
    "section_title": (_TEXT, "Section as printed."),
    "page": (_SMALL, "Page; null in the row of a section."),
    "page_inferred": (
        _YES,
        "Whether the page's citation is inferred, because several citations share a page list.",
    ),
}
_DETERMINATIONS: Columns = {
    "case": (_TEXT, "Case number."),
    "kind": (_TEXT, "Kind of document; a termination, withdrawal or dismissal decides no item."),
    "scanned": (_YES, "Whether the text was recognized from a scan."),
    "template": (_TEXT, "Letter template."),
    "date_assigned": (_DAY, "Day on which the reviewer was assigned."),
    "date_of_injury": (_DAY, "Day of the injury."),
    "decision_date": (_DAY, "Day of the decision."),
    "ur_denial_date": (_DAY, "Day of the utilization review denial."),
    "application_received": (_DAY, "Day on which the application was received."),
    "priority": (_TEXT, "Priority of the review."),
    "age": (_SMALL, "Injured worker's age in years."),
    "sex": (_TEXT, "Injured worker's sex."),
    "specialties": (_SMALL, "Number of specialties and subspecialties."),
    "unresolved_specialties": (_SMALL, "Number of unmatched specialties."),
    "licensed_in": (_SMALL, "Number of states that license the reviewer."),
    "items": (_SMALL, "Number of items."),
    "rationales": (_SMALL, "Number of rationales."),
    "citations": (_SMALL, "Number of citations of both parties."),
    "problems": (_SMALL, "Number of problems."),
}
_GROUNDS: Columns = {
    "case": (_TEXT, "Case number."),
    "item": (_SMALL, "Position of the disputed item in the letter, from 1."),
    "outcome": (_TEXT, "Outcome of the item; null where it was not read."),
    "ground": (_TEXT, "Notation of the class in `ontology/grounds.ttl`."),
    "met": (_YES, "Whether the reviewer finds the criterion met."),
    "counted": (_YES, "Whether the class is read reliably enough to be counted; otherwise it is a cue."),
    "likelihood": (_NUMBER, "Likelihood that it was read correctly, from 0 to 1."),
    "start": (_SMALL, "First character of the words in the letter."),
    "end": (_SMALL, "Character after the words."),
    "quote": (_TEXT, "The words that state it, white space folded."),
}
_SENTENCES: Columns = {
    "case": (_TEXT, "Case number."),
    "item": (_SMALL, "Position of the disputed item whose rationale has the sentence, from 1."),
    "start": (_SMALL, "First character of the sentence in the letter."),
    "end": (_SMALL, "Character after the sentence."),
    "wording": (Kind.LARGE, "Digest of the sentence, white space folded; equal if word for word equal."),
    "form": (
        Kind.LARGE,
        "Digest of the sentence without names, sides, numbers and dates; equal if nearly word for word.",
    ),
}
_PROBLEMS: Columns = {
    "case": (_TEXT, "Case number."),
    "template": (_TEXT, "Letter template."),
    "kind": (_TEXT, "Kind of problem."),
    "start": (_SMALL, "First character of the span in the letter."),
    "end": (_SMALL, "Character after the span."),
    "quote": (_TEXT, "What the span quotes, white space folded, at most 200 characters."),
    "message": (_TEXT, "Description of the problem."),
}

COLUMNS: Mapping[str, Columns] = {
    "facts": _FACTS,
    "determinations": _DETERMINATIONS,
    "problems": _PROBLEMS,
    "grounds": _GROUNDS,
    "sentences": _SENTENCES,
}
"""The columns of each table: a type, and words on what a value is."""

TABLES: Mapping[str, Schema] = {
    table: {name: kind for name, (kind, _) in columns.items()} for table, columns in COLUMNS.items()
}
"""The tables of a base, each a folder of Parquet files."""

EARLIER = {"date_of_injury": "injury_date", "licensed_in": "licences"}
"""What columns were called in the tables of earlier programs, by what they are called now."""

FACTS, DETERMINATIONS, PROBLEMS = TABLES["facts"], TABLES["determinations"], TABLES["problems"]
GROUNDS, SENTENCES = TABLES["grounds"], TABLES["sentences"]

"""What no answer has: an order by how much something changed, and the first or the last of all injuries."""

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning.asked import Asked
from kg.questions.question import Kind


def see_no_ranking(asked: Asked, kind: Kind, order: str | None) -> None:
    """See that nothing is to be ranked by how much it changed: the order would be that of shares.

    Raises:
        QuestionError: something is.
    """
    ranked = order in {"most", "least"} and (kind is Kind.TREND or "TREND" in asked.seen)
    if ranked or BESIDE.within("CHANGED_MOST", asked.text):
        raise QuestionError(
            "what changed most is not ranked, only what is most or least: ask for both years beside one "
            "another, such as “overturn rate by drug class, 2014 versus 2016”"
        )


def see_no_first_date(asked: Asked) -> None:
    """See that no date of an injury is looked for by itself: letters are listed by their decision date.

    Raises:
        QuestionError: one is.
    """
    if BESIDE.within("FIRST_DATE", asked.text) and not asked.case:
        raise QuestionError(
            "the first or the last date of an injury is not looked for: letters are listed by their decision "
            "date (“oldest decisions”), and injuries counted “by injury year”"
        )

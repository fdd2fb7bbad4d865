"""No word of a question is without effect in silence: it changes the reading, is named, or is refused."""

import csv
import functools
import random

import pytest
from tables import some_or_all

from kg import resources
from kg.errors import QuestionError
from kg.questions import echo, vocabulary
from kg.questions.meaning import without_effect
from kg.questions.phrasing import said
from kg.questions.question_reader import ABSENT, grammar, read_question


def rows():
    path = resources.folder("grammar") / "examples" / "question.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["text"], row["result"]


READ = [text for text, result in rows() if result != "!"]
TRIED = 2_500
read_once = functools.cache(read_question)
NOTHING = ("unicorn", "florp", "cheese", "quibbling", "Tuesday", "Smith")


def catalogues():
    """The labels of each filter of the vocabularies, with the values they mean."""
    found = {}
    for label, meaning in vocabulary.phrases().labelled():
        if meaning.type in {"VALUE", "GUIDE"}:
            found.setdefault(meaning.name, []).append((label, meaning))
    return found


def inserted(seed, words, step):
    """Questions that are read, each with a word put between two others, and the question without it."""
    chosen = random.Random(seed)
    for _ in range(TRIED // step):
        text, (word, meaning) = chosen.choice(READ), chosen.choice(words(chosen))
        parts = text.split()
        at = chosen.randrange(len(parts) + 1)
        yield text, " ".join([*parts[:at], word, *parts[at:]]), word, meaning


def echoed(text):
    """How a question is shown back, ``None`` where it is refused."""
    try:
        return echo.sentence(read_question(text))
    except QuestionError:
        return None


def told(text):
    """How a question is shown back, or why it is refused."""
    try:
        return echo.sentence(read_question(text))
    except QuestionError as error:
        return str(error)


@pytest.mark.unmeasured
@some_or_all(24)
def test_a_word_that_nothing_knows_is_named_by_the_refusal(step):
    for _, text, word, _ in inserted(1, lambda _: [(one, None) for one in NOTHING], step):
        assert word.lower() in told(text).lower(), text


@pytest.mark.unmeasured
@some_or_all(24)
def test_a_value_of_any_catalogue_changes_the_echo_or_is_refused(step):
    """What the question says already, in the same or in other words, says nothing new."""
    known = catalogues()
    names = sorted(known)
    silent = []
    for text, longer, _, meaning in inserted(2, lambda chosen: known[chosen.choice(names)], step):
        before = read_once(text)
        if echoed(longer) == echo.sentence(before):
            filters = {c.name for c in (*before.where, *before.groups, *before.part)} | {*before.split}
            if meaning.name not in {*filters, "side", "basis", "letter", "retrospective"}:
                silent.append((longer, meaning.name))
    assert len(silent) <= 2, silent  # a category beside its own subcategory says nothing new


@pytest.mark.parametrize(
    "terminal", ["INJURED", "DENIED_ON", "RECEIVED", "ASSIGNED", "TOGETHER", "DISTINCT", "SAME", "LIKE"]
)
def test_a_word_of_the_grammar_without_a_part_is_named_or_refused(terminal):
    for word in vocabulary.keywords()[terminal]:
        text = f"overturn rate of acupuncture {word}"
        shown = echoed(text)
        assert shown is None or shown != echoed("overturn rate of acupuncture"), text


@pytest.mark.long
@pytest.mark.parametrize("word", vocabulary.keywords()["PASSED"])
def test_words_of_which_no_reading_has_a_part_are_named(word):
    text = f"{word} overturn rate of acupuncture by year"
    assert word in read_question(text).passed_over
    assert f"Not taken into account: “{word}”" in echoed(text)
    assert read_question(text) == read_question("overturn rate of acupuncture by year")


def test_every_type_of_phrase_has_a_part_or_is_judged_by_what_it_changes():
    """Types that the table does not know are tried: the question is read without them."""
    known = {*without_effect.EXPRESSED, "UNKNOWN", "MEASURE", "PART", *ABSENT}
    numbered = {"AT_PAGE", "AT_CHAPTER"}
    listed = {"NEWEST", "OLDEST", "LONGEST", "SHORTEST"}
    assert set(grammar().terminals) <= known | numbered | listed
    assert set(without_effect.PASSED_OVER) <= set(grammar().terminals)


@pytest.mark.unmeasured
def test_phrases_begin_and_end_where_words_do():
    for text in READ:
        for phrase in said(text).phrases:
            around = text[max(phrase.start - 1, 0) : phrase.start + 1], text[phrase.end - 1 : phrase.end + 1]
            assert not any(len(pair) == 2 and pair.isalpha() for pair in around), (text, phrase)

"""Every grammar: its example rows, and Lark's own lexer and parser as the judge of the fast path."""

import csv
import re
from collections import defaultdict

import pytest
from lark import Token, Tree
from tables import each_row

from kg import resources
from kg.reading import document_kind, early, header, reviewers, sections, summary
from kg.reading.citing import citations, mentions, others, pages
from kg.reading.grounds import frames
from kg.reading.requests import amount_parts, codes, items, shares
from kg.reading.text.grammars import TypedGrammar
from kg.reading.vocabulary import titles

GRAMMARS = {
    "letter": [sections.LETTER],
    "notice": [early.NOTICE],
    "professional": [early.PROFESSIONAL],
    "header": [header.HEADER],
    "summary": [summary.SUMMARY],
    "kind": [document_kind.KIND],
    "credentials": [reviewers.CREDENTIALS],
    "field": [citations.FIELD],
    "mtus": [citations.BY_SECTION, citations.BY_PAGE],
    "pages": [pages.PAGES],
    "titles": [titles.TITLES],
    "other": [others.OTHER],
    "item": [items.ITEM],
    "quantity": [amount_parts.QUANTITY],
    "codes": [codes.CODES],
    "joint": [shares.JOINT],
    "mention": [mentions.MENTION],
    "rationale": [frames.rationale()],
}


def rows(name):
    """Rows of (rule, text, result); ``\\n`` in a text is a line end."""
    with (resources.folder("grammar") / "examples" / f"{name}.tsv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["rule"], row["text"].replace("\\n", "\n").replace("\\f", "\f"), row["result"]


def found(grammar: TypedGrammar, rule: str, text: str) -> str:
    """What a rule or a terminal matches: its tokens joined by a blank, one match from the next by a bar."""
    tree, tokens = direct(grammar, text)
    if rule.isupper():
        matches = [[token] for token in tokens if token.type == rule]
    else:
        matches = sorted((inner(node) for node in tree.find_data(rule)), key=lambda found: found[0].start_pos)
    return " | ".join(quote(text, match) for match in matches) or "!"


def inner(node: Tree) -> list[Token]:
    return list(node.scan_values(lambda value: isinstance(value, Token)))


def quote(text: str, tokens: list[Token]) -> str:
    return " ".join(" ".join(text[token.start_pos : token.end_pos].split()) for token in tokens) or "(blank)"


def direct(grammar: TypedGrammar, text: str) -> tuple[Tree, list[Token]]:
    tree = grammar.direct.parse(text)
    return tree, sorted(inner(tree), key=lambda token: token.start_pos)


EXAMPLES = [(name, *row) for name in GRAMMARS for row in rows(name)]


@each_row(("name", "rule", "text", "result"), EXAMPLES)
def test_examples(name, rule, text, result):
    assert found(GRAMMARS[name][-1], rule, text) == result


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_rule_has_rows_accepted_and_refused(name):
    grammar = GRAMMARS[name][-1]
    source = resources.text("grammar", f"{name}.lark")
    rules = set(re.findall(r"^([a-z]\w*):", source, re.MULTILINE)) - {"start"}
    terminals = set(grammar.terminals) - set(grammar.direct.ignore_tokens) - {"TEXT"}
    results = defaultdict(set)
    for rule, _, result in rows(name):
        results[rule].add(result == "!")
    lacking = {
        rule: "refused" if False in results[rule] else "accepted"
        for rule in rules | terminals
        if len(results[rule]) < 2
    }
    assert not lacking


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name == "mtus" else name for name in GRAMMARS]
)
def test_the_fast_path_reads_as_lark_itself_does(name):
    for grammar in GRAMMARS[name]:
        for _, text, _ in rows(name):
            agrees(grammar, text)


def agrees(grammar: TypedGrammar, text: str) -> None:
    """The scan cuts Lark's own tokens, and the plan is made of Lark's own tree."""
    tree, tokens = direct(grammar, text)
    cut = grammar.tokens(text)
    assert [(t.type, t.start_pos) for t in tokens] == [(t.type, t.start) for t in cut]
    numbered = positioned(tree, {token.start_pos: n for n, token in enumerate(tokens)})
    assert grammar.shape(numbered) == grammar.read(text)[0]


def positioned(tree: Tree, numbers: dict[int, int]) -> Tree:
    """Lark's tree with each token's position in place of its text, as the fast path has it."""
    children = [
        Token(child.type, numbers[child.start_pos])
        if isinstance(child, Token)
        else positioned(child, numbers)
        for child in tree.children
    ]
    return Tree(tree.data, children)


def test_the_fast_path_reads_real_letters_as_lark_itself_does(shared):
    for path in sorted((shared / "letters").glob("*.txt"))[::10]:
        agrees(sections.LETTER, path.read_bytes().decode())


def test_a_capturing_group_in_a_terminal_is_refused(monkeypatch):
    monkeypatch.setattr(resources, "text", lambda *_: "start: A\nA: /(a)b/\n")
    with pytest.raises(ValueError, match="capturing group"):
        TypedGrammar("letter.lark", lambda tree: tree).tokens("ab")


def test_words_for_a_terminal_that_is_not_declared_are_refused():
    with pytest.raises(ValueError, match="does not declare NAME"):
        TypedGrammar("pages.lark", lambda tree: tree, words={"NAME": "x"}).tokens("1")


@pytest.mark.parametrize("grammar", ["question", "claim", "kind", *GRAMMARS])
def test_a_list_of_words_fits_a_screen(grammar):
    lines = resources.text("grammar", f"{grammar}.lark").splitlines()
    assert [line for line in lines if len(line) > 120 and line.count('" | "') > 1] == []

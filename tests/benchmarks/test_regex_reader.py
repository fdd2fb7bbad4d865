"""The plain program that the speed of our grammars is measured against reads what they read."""

from bench_parse import agreement

from kg.sample import letters


def test_both_read_the_same():
    assert agreement(text for _, text, _ in letters(60, 8, "mixed")) == (1.0, 1.0)

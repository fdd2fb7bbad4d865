"""Whole numbers as English writes them in one word."""

_FIRST = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORD_OF = dict(enumerate(_FIRST)) | {10 * ten: word for ten, word in enumerate(_TENS, 2)}
"""The word of each number: of 0 to 19, and of the tens."""


def words_of(*numbers: int) -> dict[str, int]:
    """What the words of some numbers mean.

    >>> words_of(1, 2, 30)
    {'one': 1, 'two': 2, 'thirty': 30}
    """
    return {WORD_OF[number]: number for number in numbers}

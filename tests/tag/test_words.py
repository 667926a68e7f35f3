"""Words and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.tag.words import CLITICS, sentences_of, words_of


@given(st.text(max_size=60))
def test_offsets_slice_the_original(text):
    words = words_of(text, CLITICS, lambda word: len(word) < 4)
    assert all(text[word.start : word.end] == word.text and word.text for word in words)
    ends = [0, *(word.end for word in words)]
    assert all(end <= word.start for end, word in zip(ends, words, strict=False))
    # What lies between them is white space and control characters alone.
    left = "".join(text[end : word.start] for end, word in zip(ends, words, strict=False)) + text[ends[-1] :]
    assert not any(character.isalnum() or character in ".,!?'\"-" for character in left)


@given(st.text(max_size=60))
def test_sentences_hold_every_word_once(text):
    words = words_of(text)
    assert [word for sentence in sentences_of(text, words) for word in sentence] == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Angela Merkel visited Rome.", "Angela|Merkel|visited|Rome|."),
        ("It's 20:30, 1,000.5 in O'Brien-like U.S.", "It's|20:30|,|1,000.5|in|O'Brien-like|U.S|."),
        ("Wait... (now)!", "Wait|...|(|now|)|!"),
        ("cafe\u0301s a\u0308b", "cafe\u0301s|a\u0308b"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467x\U0001f44d\U0001f3fd",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467|x|\U0001f44d\U0001f3fd",
        ),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", "\U0001f1e9\U0001f1ea|\U0001f1eb\U0001f1f7"),
        ("\u6771\u4eac TV", "\u6771|\u4eac|TV"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        (" \t\n", ""),
        ("", ""),
    ],
)
def test_by_hand(text, expected):
    assert "|".join(word.text for word in words_of(text)) == expected


def test_clitics_and_abbreviations():
    words = words_of("Don\u2019t! China's Inc. isn't Mr. X.", CLITICS, {"Inc.", "Mr."}.__contains__)
    assert "|".join(word.text for word in words) == "Do|n\u2019t|!|China|'s|Inc.|is|n't|Mr.|X|."


def test_sentences_by_hand():
    text = 'He said: "Go!" Then 3.5 went.\n\nNew line'
    found = sentences_of(text, words_of(text))
    assert [" ".join(word.text for word in one) for one in found] == [
        'He said : " Go ! "',
        "Then 3.5 went .",
        "New line",
    ]

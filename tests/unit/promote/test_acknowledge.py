"""Who accepted a BREAKING change, and how."""

from __future__ import annotations

import pytest

from seeknal_ci.promote.acknowledge import in_message

TRAILER = "Breaking-Change: transform.clean_orders the board agreed"


@pytest.mark.parametrize(
    ("message", "nodes"),
    [
        (f"Rename\n\n{TRAILER}", ["transform.clean_orders"]),
        (f"Rename\n\nWhy.\n\n{TRAILER}\nSigned-off-by: A <a@b>", ["transform.clean_orders"]),
        ("Rename\n\nbreaking-change: * all of it", ["*"]),
        (f"{TRAILER}", []),
        (f"Rename\n\n{TRAILER}\n\nMore words after it.", []),
        ("Rename\n\nBreaking-Change:", []),
        ("", []),
    ],
)
def test_trailers_are_the_last_paragraph_of_a_message(message: str, nodes: list[str]) -> None:
    assert [item.node for item in in_message(message, "A. Author", "c" * 40)] == nodes


def test_an_acknowledgement_says_who_gave_it_how_and_why() -> None:
    (given,) = in_message(f"Rename\n\n{TRAILER}", "A. Author", "0123456789abcdef")

    assert given.by == "A. Author"
    assert given.how == "commit 0123456789ab"
    assert given.reason == "the board agreed"

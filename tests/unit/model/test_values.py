"""Symbols, and what they stand for in a run."""

from __future__ import annotations

from datetime import date

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.template import Symbol, as_value, symbol_of, symbols_in
from seeknal_ci.model.values import Values

DAY = date(2024, 2, 29)
VALUES = Values(DAY, {"TOKEN": "hunter2", "EMPTY": ""}, "run-1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ today }}", "2024-02-29"),
        ("{{ today(-60) }}", "2023-12-31"),
        ("{{ today(1) }}", "2024-03-01"),
        ("{{ month_start }}", "2024-02-01"),
        ("{{ month_start(-2) }}", "2023-12-01"),
        ("{{ month_start(11) }}", "2025-01-01"),
        ("{{ year_start }}", "2024-01-01"),
        ("{{ year_start(-1) }}", "2023-01-01"),
        ("{{ run_date }}", "2024-02-29"),
        ("{{ run_id }}", "run-1"),
        ("{{ env:TOKEN }}", "hunter2"),
        ("{{ env:TOKEN|none }}", "hunter2"),
        ("{{ env:EMPTY|none }}", ""),
        ("{{ env:OTHER|none }}", "none"),
        ("{{ env:OTHER| }}", ""),
        ("a/{{ today }}/{{ env:TOKEN }}.csv", "a/2024-02-29/hunter2.csv"),
        ("{{today}} {{ other }}", "{{today}} {{ other }}"),
    ],
)
def test_a_symbol_stands_for(text: str, value: str) -> None:
    assert VALUES.filled(text) == value


def test_a_value_is_filled_in_once() -> None:
    values = Values(DAY, {"A": "{{ env:B }}", "B": "b"})

    assert values.filled("{{ env:A }}") == "{{ env:B }}"


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(SeeknalCiError, match="OTHER is not set"):
        VALUES.filled("{{ env:OTHER }}")


def test_what_may_be_told_leaves_the_environment_out() -> None:
    assert VALUES.filled("{{ today }}/{{ env:TOKEN }}", public=True) == (
        "2024-02-29/{{ env:TOKEN }}"
    )


@pytest.mark.parametrize(
    "expression",
    ["today", "today()", "yesterday", "month_start(-3)", "run_id", "env:A", "env(A)", "env:A|b c"],
)
def test_the_one_spelling_of_a_symbol_reads_as_the_same(expression: str) -> None:
    symbol = symbol_of(expression)

    assert symbol is not None
    assert symbols_in(str(symbol)) == (symbol,)


def test_what_is_no_symbol_is_none() -> None:
    assert [symbol_of(text) for text in ("paid", "rules.paid", "todays", "env_name", "")] == [
        None
    ] * 5


def test_another_day_or_another_value_has_another_stamp() -> None:
    texts = ["'{{ today }}'", "{{ env:TOKEN }}", "{{ run_id }}", "{{ env:OTHER }}"]

    stamps = VALUES.stamps(texts)

    assert [text for text, _ in stamps] == ["{{ env:OTHER }}", "{{ env:TOKEN }}", "{{ today }}"]
    assert stamps[0][1] is None
    assert "hunter2" not in str(stamps)
    assert Values(date(2024, 3, 1), VALUES.environ).stamps(texts) != stamps
    assert Values(DAY, {"TOKEN": "hunter3"}).stamps(texts) != stamps
    assert Values(DAY, VALUES.environ, "run-2").stamps(texts) == stamps


@pytest.mark.parametrize(
    ("secret", "message", "shown"),
    [
        ("hunter2", "could not convert 'hunter2' to INT32", "could not convert '***' to INT32"),
        ("it's", "near 'it''s' and it's", "near '***' and ***"),
        ("a\nb", "near a b, or a\\nb", "near ***, or ***"),
        ("hunter2", "a long message that ends with hunt…", "a long message that ends with ***…"),
        ("", "nothing", "nothing"),
    ],
)
def test_a_message_keeps_a_value_to_itself(secret: str, message: str, shown: str) -> None:
    values = Values(DAY, {"TOKEN": secret})

    assert values.hidden(message, [Symbol("env", name="TOKEN")]) == shown


def test_values_are_not_shown() -> None:
    assert "hunter2" not in repr(VALUES)


@pytest.mark.parametrize(
    ("text", "value"),
    [("10", 10), ("-1.5", -1.5), ("true", True), ("007", "007"), ("1e5", "1e5"), ("", "")],
)
def test_a_whole_value_is_read_as_what_it_looks_like(text: str, value: object) -> None:
    assert as_value(text) == value
    assert type(as_value(text)) is type(value)

"""Names in SQL: quoted, and short enough for every engine."""

from __future__ import annotations

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.identifiers import qualified, quote, table_name

ID = "0123456789abcdef" * 4


def test_quotes_are_doubled() -> None:
    assert quote('a"b') == '"a""b"'
    assert qualified("s.x", "t") == '"s.x"."t"'


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(SeeknalCiError):
        quote(name)


def test_a_table_is_named_after_kind_node_and_build() -> None:
    assert table_name("transform", "clean", ID) == "transform__clean__0123456789ab"


@pytest.mark.parametrize("kind", ["source", "second_order_aggregation"])
@pytest.mark.parametrize("letter", ["n", "é", "日", "🦆"])
def test_a_long_name_is_cut_between_characters(kind: str, letter: str) -> None:
    name = table_name(kind, letter * 200, ID)

    assert 60 <= len(name.encode()) <= 63
    assert set(name.removeprefix(f"{kind}__").removesuffix("__0123456789ab")) == {letter}

"""Which queries have one canonical text: those that mean the same, and no others."""

from __future__ import annotations

import pytest

from tests.support.queries import canonical, understood
from tests.unit.sql.other import OTHER
from tests.unit.sql.same import SAME


@pytest.mark.parametrize("name", SAME)
def test_queries_that_mean_the_same_have_one_text(name: str) -> None:
    one, other = SAME[name]
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize("name", OTHER)
def test_queries_that_mean_other_things_have_other_texts(name: str) -> None:
    one, other = OTHER[name]
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("name", SAME)
def test_what_means_the_same_has_the_same_parts(name: str) -> None:
    one, other = (understood(sql) for sql in SAME[name])
    assert one.expressions == other.expressions
    assert {k: c.canonical for k, c in one.clauses.items()} == {
        k: c.canonical for k, c in other.clauses.items()
    }


@pytest.mark.parametrize("name", OTHER)
def test_what_means_another_thing_differs_in_a_part_or_in_its_columns(name: str) -> None:
    """So that a finding can say what it is: no difference is left to the text as a whole."""
    one, other = (understood(sql) for sql in OTHER[name])
    assert (
        one.expressions != other.expressions
        or [c.canonical for c in one.clauses.values()]
        != [c.canonical for c in other.clauses.values()]
        or one.columns != other.columns
    )

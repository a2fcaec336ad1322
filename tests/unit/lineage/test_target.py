"""Names on the command line: ids and columns with dots, in any case, and mistyped."""

from __future__ import annotations

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.lineage.target import find_target
from tests.unit.lineage.projects import RAW, SOURCE, lineages, transform

FILES = {
    "orders": SOURCE,
    "raw": RAW,
    "a": transform("a", 'SELECT 1 AS "b.c", 2 AS d', "source.orders"),
    "ab": transform("a.b", "SELECT 1 AS c, 2 AS x", "source.orders"),
}


def found(name: str) -> tuple[str, str | None]:
    analysis, known = lineages(FILES)
    return find_target(analysis.manifest, known, name)


def problem(name: str) -> SeeknalCiError:
    with pytest.raises(SeeknalCiError) as caught:
        found(name)
    return caught.value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("source.orders", ("source.orders", None)),
        ("Source.ORDERS", ("source.orders", None)),
        ("source.orders.amount", ("source.orders", "Amount")),
        ("transform.a.b", ("transform.a.b", None)),
        ("transform.a.b.x", ("transform.a.b", "x")),
        ("transform.a.d", ("transform.a", "d")),
        ("transform.a.b.c", ("transform.a.b", "c")),
        # Whether a file has a column cannot be told where its columns are unknown.
        ("source.raw.anything", ("source.raw", "anything")),
    ],
)
def test_the_longest_id_that_fits_is_taken(name: str, expected: tuple[str, str | None]) -> None:
    assert found(name) == expected


def test_a_column_with_a_dot_is_found_where_no_longer_id_has_it() -> None:
    analysis, known = lineages({key: FILES[key] for key in ("orders", "a")})

    assert find_target(analysis.manifest, known, "transform.a.b.c") == ("transform.a", "b.c")


def test_a_column_that_is_not_there_has_a_near_one() -> None:
    error = problem("source.orders.ammount")

    assert str(error) == (
        "error: source.orders has no column `ammount`\n"
        "  at seeknal/orders.yml:1\n"
        "  fix: did you mean source.orders.Amount?"
    )
    assert problem("source.orders.q").fix == "name one of `order_id`, `Amount`, `status`"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("orders", "did you mean source.orders?"),
        ("orders.amount", "did you mean source.orders.amount?"),
        ("source.order", "did you mean source.orders?"),
        ("source.order.amount", "did you mean source.orders.amount?"),
        ("nothing_like_it", "name a node by its id, `kind.name`"),
    ],
)
def test_a_node_that_is_not_there_has_a_near_one(name: str, fix: str) -> None:
    error = problem(name)

    assert error.what == f"there is no node {name}"
    assert error.fix == fix

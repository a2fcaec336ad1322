"""What outputs are made of and what decides rows, in queries looked through by hand."""

from __future__ import annotations

import pytest

from seeknal_ci.model.lineage import Role, Step
from seeknal_ci.sql.lineage import QueryLineage, lineage_of, names_in
from tests.support.queries import DUCKDB, TABLES, resolved, text, understood

O, C, R = "source.orders", "source.customers", "source.raw"  # noqa: E741  short, for the tables


def lineage(sql: str) -> QueryLineage:
    query = resolved(sql)
    inputs = {node: TABLES.get(node) for node, _ in query.reads}
    return lineage_of(query, inputs, understood(sql), DUCKDB)


def outputs(sql: str) -> dict[str, str]:
    """Output to its origins, as `kind.name.column`, with the role of those that are no values."""
    return {
        output.name: ", ".join(
            str(origin.column) + ("" if origin.role is Role.VALUE else f" {origin.role.value}")
            for origin in output.origins
        )
        for output in lineage(sql).outputs
    }


def uses(sql: str) -> list[str]:
    """Role, words and columns of every use."""
    return [
        f"{use.role.value}: {use.text}: {', '.join(map(str, use.reads))}"
        for use in lineage(sql).uses
    ]


VALUES = [
    ("SELECT amount FROM source.orders", {"amount": f"{O}.amount"}),
    ("SELECT amount * order_id AS x FROM source.orders", {"x": f"{O}.amount, {O}.order_id"}),
    ("SELECT 1 AS one, count(*) AS n FROM source.orders", {"one": "", "n": ""}),
    (
        "SELECT CASE WHEN status = 'x' THEN amount END AS v FROM source.orders",
        {"v": f"{O}.amount, {O}.status"},
    ),
    (
        "SELECT * EXCLUDE (tags, address) FROM source.customers",
        {"customer_id": f"{C}.customer_id", "name": f"{C}.name"},
    ),
    (
        "SELECT * EXCLUDE (tags, address) REPLACE (upper(name) || customer_id AS name) "
        "FROM source.customers",
        {"customer_id": f"{C}.customer_id", "name": f"{C}.customer_id, {C}.name"},
    ),
    ("SELECT amount AS a, a + 1 AS b FROM source.orders", {"a": f"{O}.amount", "b": f"{O}.amount"}),
    (
        "WITH t AS (SELECT customer_id, sum(amount) AS s FROM source.orders GROUP BY ALL) "
        "SELECT c.name, s / 2 AS half FROM source.customers AS c JOIN t USING (customer_id)",
        {"name": f"{C}.name", "half": f"{O}.amount"},
    ),
    (
        "SELECT k FROM (SELECT amount + order_id FROM source.orders) AS x(k)",
        {"k": f"{O}.amount, {O}.order_id"},
    ),
    ("SELECT address.city, address.zip AS z FROM source.customers", None),
    (
        "SELECT sum(amount) OVER (PARTITION BY status ORDER BY ordered_at) AS s FROM source.orders",
        {"s": f"{O}.amount, {O}.ordered_at window, {O}.status window"},
    ),
    (
        "SELECT row_number() OVER w AS r FROM source.orders WINDOW w AS (ORDER BY ordered_at)",
        {"r": f"{O}.ordered_at window"},
    ),
    (
        "SELECT sum(amount) FILTER (WHERE status = 'x') AS s FROM source.orders",
        {"s": f"{O}.amount, {O}.status filter"},
    ),
    (
        "SELECT array_agg(amount ORDER BY ordered_at) AS l FROM source.orders",
        {"l": f"{O}.amount, {O}.ordered_at order"},
    ),
    (
        "SELECT quantile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS q FROM source.orders",
        {"q": f"{O}.amount"},
    ),
    (
        "SELECT name, (SELECT max(amount) FROM source.orders AS o "
        "WHERE o.customer_id = c.customer_id) AS m FROM source.customers AS c",
        {
            "name": f"{C}.name",
            "m": f"{C}.customer_id filter, {O}.amount, {O}.customer_id filter",
        },
    ),
    (
        "SELECT customer_id FROM source.orders UNION ALL SELECT order_id FROM source.orders",
        {"customer_id": f"{O}.customer_id, {O}.order_id"},
    ),
    (
        "SELECT customer_id FROM source.orders UNION ALL BY NAME "
        "SELECT name, customer_id FROM source.customers",
        {"customer_id": f"{C}.customer_id, {O}.customer_id", "name": f"{C}.name"},
    ),
    (
        "SELECT amount FROM source.orders EXCEPT SELECT customer_id FROM source.customers",
        {"amount": f"{O}.amount"},
    ),
    (
        "WITH RECURSIVE r AS (SELECT customer_id AS a, order_id AS b FROM source.orders "
        "UNION ALL SELECT b, a FROM r WHERE a < 10) SELECT a FROM r",
        {"a": f"{O}.customer_id, {O}.order_id"},
    ),
    ("SELECT u FROM source.customers, UNNEST(tags) AS x(u)", {"u": f"{C}.tags"}),
    (
        "SELECT l.u FROM source.customers, LATERAL (SELECT upper(name) AS u) AS l",
        {"u": f"{C}.name"},
    ),
    (
        "SELECT list_transform(tags, x -> x || name) AS l, [x || 'a' FOR x IN tags] AS m "
        "FROM source.customers",
        {"l": f"{C}.name, {C}.tags", "m": f"{C}.tags"},
    ),
    ("SELECT o FROM source.orders AS o", None),
    ("SELECT b FROM source.orders AS o(a, b)", {"b": f"{O}.customer_id"}),
    ("SELECT x, r.y + 1 AS z FROM source.raw AS r", {"x": f"{R}.x", "z": f"{R}.y"}),
    (
        "WITH t AS (SELECT * FROM source.raw) SELECT t.x, y AS z FROM t",
        {"x": f"{R}.x", "z": f"{R}.y"},
    ),
    (
        "SELECT o.amount AS a, r.x FROM source.raw AS r JOIN source.orders AS o USING (order_id)",
        {"a": f"{O}.amount", "x": f"{R}.x"},
    ),
    (
        "SELECT a.order_id FROM (source.orders AS a JOIN source.customers AS b "
        "ON a.customer_id = b.customer_id)",
        {"order_id": f"{O}.order_id"},
    ),
    ("(SELECT order_id FROM source.orders) LIMIT 3", {"order_id": f"{O}.order_id"}),
]
WHOLE = {
    "SELECT address.city, address.zip AS z FROM source.customers": {
        "city": f"{C}.address",
        "z": f"{C}.address",
    },
    "SELECT o FROM source.orders AS o": {
        "o": ", ".join(
            f"{O}.{name}" for name in ("amount", "customer_id", "order_id", "ordered_at", "status")
        )
    },
}


@pytest.mark.parametrize(("sql", "expected"), VALUES, ids=[sql for sql, _ in VALUES])
def test_values_are_followed_to_the_inputs(sql: str, expected: dict[str, str] | None) -> None:
    assert outputs(sql) == (WHOLE[sql] if expected is None else expected)


USES = [
    (
        "SELECT order_id FROM source.orders WHERE status = 'x' AND (amount > 1 OR order_id = 2)",
        [
            f"filter: status = 'x': {O}.status",
            f"filter: amount > 1 OR order_id = 2: {O}.amount, {O}.order_id",
        ],
    ),
    (
        "SELECT status, sum(amount) AS s FROM source.orders GROUP BY ALL HAVING s > 3 ORDER BY ALL",
        [
            f"group: GROUP BY ALL: {O}.status",
            f"having: s > 3: {O}.amount",
            f"order: ALL: {O}.amount, {O}.status",
        ],
    ),
    (
        "SELECT DISTINCT status FROM source.orders ORDER BY status DESC LIMIT 3",
        [
            f"distinct: DISTINCT: {O}.status",
            f"order: status DESC: {O}.status",
            "limit: LIMIT 3: ",
        ],
    ),
    (
        "SELECT DISTINCT ON (customer_id) amount FROM source.orders "
        "QUALIFY row_number() OVER (PARTITION BY status) = 1",
        [
            f"qualify: ROW_NUMBER() OVER (PARTITION BY status) = 1: {O}.status",
            f"distinct: DISTINCT ON (customer_id): {O}.customer_id",
        ],
    ),
    (
        "SELECT name FROM source.customers LEFT JOIN source.orders USING (customer_id)",
        [f"join: LEFT JOIN source.orders USING (customer_id): {C}.customer_id, {O}.customer_id"],
    ),
    (
        "SELECT o.amount FROM source.orders AS o NATURAL JOIN source.customers AS c",
        [f"join: NATURAL JOIN source.customers AS c: {C}.customer_id, {O}.customer_id"],
    ),
    ("SELECT amount FROM source.orders, source.customers", ["join: CROSS JOIN source.customers: "]),
    (
        "SELECT name FROM source.customers SEMI JOIN (SELECT customer_id FROM source.orders "
        "WHERE status = 'x') AS o ON o.customer_id = customers.customer_id",
        [
            "join: SEMI JOIN (…) AS o ON o.customer_id = customers.customer_id: "
            f"{C}.customer_id, {O}.customer_id",
            f"filter: status = 'x': {O}.status",
        ],
    ),
    (
        "SELECT name FROM source.customers WHERE customer_id IN "
        "(SELECT customer_id FROM source.orders WHERE status = 'x')",
        [
            "filter: customer_id IN (SELECT customer_id FROM source.orders WHERE status = 'x'): "
            f"{C}.customer_id, {O}.customer_id, {O}.status"
        ],
    ),
    (
        "SELECT order_id FROM source.orders EXCEPT SELECT customer_id FROM source.customers",
        [f"set operation: EXCEPT: {C}.customer_id, {O}.order_id"],
    ),
    ("SELECT unnest(tags) AS t FROM source.customers", [f"unnest: UNNEST(tags): {C}.tags"]),
    (
        "WITH t AS (SELECT amount, status FROM source.orders), u AS (SELECT name FROM "
        "source.customers) SELECT amount FROM t",
        [f"read: name: {C}.name", f"read: status: {O}.status"],
    ),
]


@pytest.mark.parametrize(("sql", "expected"), USES, ids=[sql for sql, _ in USES])
def test_what_decides_rows_is_told_with_its_words(sql: str, expected: list[str]) -> None:
    assert uses(sql) == expected


def test_a_value_is_told_in_the_projects_words_with_its_steps() -> None:
    sql = (
        "WITH t AS (SELECT customer_id, sum(amount) AS s FROM source.orders GROUP BY 1)\n"
        "SELECT c.name, coalesce(t.s, 0) AS total\nFROM source.customers AS c, t"
    )
    name, total = lineage(sql).outputs

    assert (name.expression, name.steps) == ("c.name", ())
    assert total.expression == "COALESCE(t.s, 0)"
    assert total.steps == (Step("t.s", "SUM(amount)"),)


def test_a_use_has_the_place_of_its_first_word() -> None:
    sql = "SELECT amount AS a\nFROM source.orders\nWHERE a > 1\n  AND 2 < order_id"

    assert [str(use.place) for use in lineage(sql).uses] == [
        "seeknal/t.yml:3:7",
        "seeknal/t.yml:4:7",
    ]


def test_an_input_of_unknown_columns_is_passed_on_by_a_star() -> None:
    found = lineage("SELECT * EXCLUDE (Secret), x + 1 AS y FROM source.raw")

    assert [(passed.node, sorted(passed.but)) for passed in found.passed] == [(R, ["secret"])]
    assert [output.name for output in found.outputs] == ["y"]


def test_what_may_be_of_two_inputs_says_so() -> None:
    sql = "SELECT q FROM source.raw AS r, (SELECT * FROM source.raw) AS s"
    (output,) = lineage(sql).outputs

    assert output.unknown == "`q` may be of any of r, s"
    assert [str(origin.column) for origin in output.origins] == [f"{R}.q"]


def test_a_query_of_which_nothing_can_be_told_is_opaque() -> None:
    found = lineage("SELECT order_id FROM source.orders JOIN source.customers USING (nowhere)")

    assert found.opaque is not None
    assert {str(c) for use in found.uses for c in use.reads} == {f"{O}.order_id"}
    assert all(use.unknown == found.opaque for use in found.uses)


def test_names_in_a_query_that_cannot_be_read_are_unknown() -> None:
    assert names_in(text("SELECT a FROM __THIS__ WHERE B > 1"), DUCKDB) == frozenset({"a", "b"})
    assert names_in(text("SELECT FROM WHERE"), DUCKDB) is None

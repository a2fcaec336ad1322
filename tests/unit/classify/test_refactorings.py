"""Ways to write a query anew that mean the same: METADATA, so that nothing is built for them."""

from __future__ import annotations

import pytest

from seeknal_ci.classify.classify import classify
from seeknal_ci.model.category import Category
from tests.support.cases import SIDES
from tests.support.project import analysed

SOURCES = {
    "seeknal/orders.yml": (
        "kind: source\nname: orders\nsource: csv\ntable: orders.csv\nschema:\n"
        "  - {name: order_id, data_type: integer}\n  - {name: customer_id, data_type: integer}\n"
        "  - {name: amount, data_type: double}\n  - {name: tax, data_type: double}\n"
        "  - {name: status, data_type: varchar}\n  - {name: day, data_type: date}\n"
    ),
    "seeknal/customers.yml": (
        "kind: source\nname: customers\nsource: csv\ntable: customers.csv\nschema:\n"
        "  - {name: customer_id, data_type: integer}\n  - {name: country, data_type: varchar}\n"
    ),
}
JOINED = "FROM source.orders AS o JOIN source.customers AS c ON o.customer_id = c.customer_id"
REFACTORINGS = {
    "whitespace": ("SELECT order_id FROM source.orders", "SELECT   order_id\n  FROM source.orders"),
    "comment": ("SELECT order_id FROM source.orders", "SELECT order_id -- id\nFROM source.orders"),
    "keyword case": ("SELECT order_id FROM source.orders", "select order_id from source.orders"),
    "CTE renamed": (
        "WITH a AS (SELECT * FROM source.orders) SELECT order_id FROM a",
        "WITH kept AS (SELECT * FROM source.orders) SELECT order_id FROM kept",
    ),
    "unused CTE": (
        "SELECT order_id FROM source.orders",
        "WITH spare AS (SELECT day FROM source.orders) SELECT order_id FROM source.orders",
    ),
    "CTE for a subquery": (
        "SELECT order_id FROM (SELECT * FROM source.orders WHERE amount > 0) AS x",
        "WITH x AS (SELECT * FROM source.orders WHERE amount > 0) SELECT order_id FROM x",
    ),
    "CTE inlined": (
        "WITH x AS (SELECT order_id, amount FROM source.orders) SELECT order_id FROM x",
        "SELECT order_id FROM source.orders",
    ),
    "alias renamed": (
        f"SELECT o.order_id, c.country {JOINED}",
        "SELECT a.order_id, b.country FROM source.orders AS a JOIN source.customers AS b"
        " ON a.customer_id = b.customer_id",
    ),
    "columns qualified": (
        "SELECT order_id, amount FROM source.orders",
        "SELECT o.order_id, o.amount FROM source.orders AS o",
    ),
    "star written out": (
        "SELECT * FROM source.customers",
        "SELECT customer_id, country FROM source.customers",
    ),
    "operands swapped": (
        "SELECT amount + tax AS total FROM source.orders",
        "SELECT tax + amount AS total FROM source.orders",
    ),
    "AND swapped": (
        "SELECT order_id FROM source.orders WHERE amount > 0 AND tax > 0",
        "SELECT order_id FROM source.orders WHERE tax > 0 AND amount > 0",
    ),
    "OR swapped": (
        "SELECT order_id FROM source.orders WHERE amount > 0 OR tax > 0",
        "SELECT order_id FROM source.orders WHERE tax > 0 OR amount > 0",
    ),
    "equality turned": (
        f"SELECT o.order_id {JOINED}",
        f"SELECT o.order_id {JOINED.replace('o.customer_id = c.', 'c.customer_id = o.')}",
    ),
    "comparison turned": (
        "SELECT order_id FROM source.orders WHERE amount > 10",
        "SELECT order_id FROM source.orders WHERE 10 < amount",
    ),
    "IN reordered": (
        "SELECT order_id FROM source.orders WHERE status IN ('paid', 'sent')",
        "SELECT order_id FROM source.orders WHERE status IN ('sent', 'paid')",
    ),
    "BETWEEN written out": (
        "SELECT order_id FROM source.orders WHERE amount BETWEEN 1 AND 5",
        "SELECT order_id FROM source.orders WHERE amount >= 1 AND amount <= 5",
    ),
    "parentheses": (
        "SELECT order_id FROM source.orders WHERE amount > 0 AND tax > 0",
        "SELECT order_id FROM source.orders WHERE ((amount > 0) AND (tax > 0))",
    ),
    "spelling of unequal": (
        "SELECT order_id FROM source.orders WHERE status <> 'open'",
        "SELECT order_id FROM source.orders WHERE status != 'open'",
    ),
    "NOT pushed in": (
        "SELECT order_id FROM source.orders WHERE NOT (amount > 0)",
        "SELECT order_id FROM source.orders WHERE amount <= 0",
    ),
    "spelling of CAST": (
        "SELECT CAST(day AS VARCHAR) AS day FROM source.orders",
        "SELECT day::TEXT AS day FROM source.orders",
    ),
    "INNER written": (
        f"SELECT o.order_id {JOINED}",
        f"SELECT o.order_id {JOINED.replace('JOIN', 'INNER JOIN')}",
    ),
    "group by position": (
        "SELECT status, sum(amount) AS total FROM source.orders GROUP BY status",
        "SELECT status, sum(amount) AS total FROM source.orders GROUP BY 1",
    ),
    "constants": (
        "SELECT order_id FROM source.orders WHERE amount > 10",
        "SELECT order_id FROM source.orders WHERE amount > 5 + 5",
    ),
    "filter into the CTE": (
        "WITH x AS (SELECT order_id, amount FROM source.orders)"
        " SELECT order_id FROM x WHERE amount > 0",
        "WITH x AS (SELECT order_id FROM source.orders WHERE amount > 0) SELECT order_id FROM x",
    ),
    "names quoted": (
        "SELECT order_id FROM source.orders",
        'SELECT "order_id" FROM source.orders',
    ),
    "ref for a name": (
        "SELECT order_id FROM source.orders",
        "SELECT order_id FROM ref('source.orders')",
    ),
}


@pytest.mark.parametrize("kind", sorted(REFACTORINGS))
def test_a_refactoring_is_metadata(kind: str) -> None:
    before, after = (_project(sql) for sql in REFACTORINGS[kind])
    report = classify(analysed(before), analysed(after), SIDES)
    assert report.errors == ()
    assert [change.category for change in report.changes] == [Category.METADATA]
    assert report.downstream == ()


def _project(sql: str) -> dict[str, str]:
    body = "".join(f"  {line}\n" for line in sql.split("\n"))
    inputs = "".join(
        f"  - ref: source.{n}\n" for n in ("orders", "customers") if f"source.{n}" in sql
    )
    node = f"kind: transform\nname: t\ninputs:\n{inputs}transform: |\n{body}"
    reader = (
        "kind: transform\nname: u\ninputs: [{ref: transform.t}]\n"
        "transform: SELECT * FROM transform.t\n"
    )
    return {**SOURCES, "seeknal/t.yml": node, "seeknal/u.yml": reader}

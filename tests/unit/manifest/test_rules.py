"""What a rule's fields accept, and what is said of those that cannot be meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from seeknal_ci.manifest.kinds.durations import duration
from seeknal_ci.manifest.kinds.thresholds import threshold
from seeknal_ci.manifest.validate import query_problems
from tests.support.project import analysed

ORDERS = """kind: source
name: orders
source: csv
table: data/orders.csv
schema:
  - {name: order_id, data_type: integer}
  - {name: amount, data_type: double}
  - {name: ordered_at, data_type: date}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", timedelta(hours=24)),
        ("7 days", timedelta(days=7)),
        ("30 Minutes", timedelta(minutes=30)),
        ("1.5 hours", timedelta(minutes=90)),
        ("90", timedelta(seconds=90)),
        ("2w", timedelta(weeks=2)),
        ("soon", None),
        ("-1d", None),
        ("1 fortnight", None),
        ("9" * 400 + "d", None),
    ],
)
def test_a_length_of_time(text: str, expected: timedelta | None) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> 5", "> 5"),
        (">=5.5", ">= 5.5"),
        ("== 0", "= 0"),
        ("<> 1e3", "!= 1000"),
        ("< -2", "< -2"),
        ("> 20%", "> 20"),
        ("between 10 and 500", "between 10 and 500"),
        ("NOT BETWEEN 1 AND 2", "not between 1 and 2"),
        ("between 5 and 1", None),
        ("5", None),
        ("> five", None),
        ("> 5; DROP TABLE x", None),
        ("", None),
    ],
)
def test_a_threshold(text: str, expected: str | None) -> None:
    found = threshold(text)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{type: nul, columns: [amount]}", "`rule"),
        ("{type: range, column: amount}", "`min_val` or `max_val`"),
        ("{type: 'null'}", "needs `columns`"),
        ("{type: freshness, column: ordered_at, params: {max_age: soon}}", "length of time"),
        (
            "{type: freshness, column: ordered_at, params: {max_age: 1d, reference_time: x}}",
            "time",
        ),
        (
            "{type: profile_check, checks: [{metric: row_count, fail: 5 > 3}]}",
            "comparison with a number",
        ),
        ("{type: profile_check, checks: [{metric: averge, column: amount, fail: '> 3'}]}", "`avg`"),
        ("{type: profile_check, checks: [{metric: avg, fail: '> 3'}]}", "`column`"),
        ("{type: 'null', columns: [amout]}", "did you mean `amount`?"),
        ("{value: amout > 0}", "did you mean `amount`?"),
        ("{value: amount >}", "cannot be read"),
        ("{type: sql_assertion, sql: SELECT * FROM elsewhere}", "is no node"),
        ("{type: sql_assertion, sql: SELECT amout FROM input_data}", "did you mean `amount`?"),
        (
            "{type: 'null', columns: [amount], params: {max_null_percentage: 5}}",
            "max_null_percentage",
        ),
        ("{type: 'null', columns: [amount], parms: {}}", "did you mean `params`?"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_with_its_line(rule: str, said: str) -> None:
    text = f"kind: rule\nname: r\ninputs: [{{ref: source.orders}}]\nrule: {rule}\n"
    analysis = analysed({"seeknal/orders.yml": ORDERS, "seeknal/r.yml": text})
    nodes = analysis.manifest.nodes
    (found,) = [*analysis.manifest.problems, *query_problems(analysis, nodes)]
    assert said in f"{found.message} {found.fix}"
    assert found.place.line == 4

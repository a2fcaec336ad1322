"""An aggregation, run on a real database over rows of which the results are known."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from seeknal_ci.model.spec import AggregationSpec
from seeknal_ci.sql.aggregation import output_names
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import Resolved
from tests.support.features import rows_on_postgres
from tests.support.project import analysed

SOURCE = """
kind: source
name: orders
source: csv
table: orders.csv
schema:
  - {name: customer, data_type: integer}
  - {name: paid_on, data_type: date}
  - {name: asked_on, data_type: date}
  - {name: amount, data_type: double}
  - {name: status, data_type: varchar}
"""
HEAD = """
kind: aggregation
name: daily
inputs: [{ref: source.orders}]
id_col: customer
feature_date_col: paid_on
application_date_col: %s
"""
# Customer, date paid, date asked, amount, status.
ROWS = [
    (1, "2024-01-01", "2024-01-10", 10.0, "paid"),
    (1, "2024-01-01", "2024-01-10", 20.0, "open"),
    (1, "2024-01-05", "2024-01-10", 40.0, "paid"),
    (1, "2024-01-20", "2024-01-21", 80.0, "paid"),
    (2, "2024-01-05", "2024-01-10", 5.0, "paid"),
    (2, "2024-01-06", "2024-01-10", None, "paid"),
    (2, None, "2024-01-10", 7.0, None),
]
OWN_DATE = HEAD % "paid_on"
OTHER_DATE = HEAD % "asked_on"


def result(head: str, features: str) -> list[dict[str, Any]]:
    """The aggregation's rows, sorted by key."""
    analysis = analysed(
        {"seeknal/orders.yml": SOURCE, "seeknal/daily.yml": f"{head}features:\n{features}\n"}
    )
    assert analysis.manifest.problems == ()
    query = analysis.query("aggregation.daily")
    assert isinstance(query, Resolved), query
    connection = duckdb.connect()
    connection.execute(
        "CREATE SCHEMA s; CREATE TABLE s.o (customer INTEGER, paid_on DATE, asked_on DATE, "
        "amount DOUBLE, status VARCHAR)"
    )
    connection.executemany("INSERT INTO s.o VALUES (?, ?, ?, ?, ?)", ROWS)
    sql = physical_sql(query, {"source.orders": ("s", "o")}, "duckdb")
    cursor = connection.execute(f"SELECT * FROM ({sql}) ORDER BY ALL")
    names = [column[0] for column in cursor.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    known = analysis.of("aggregation.daily").columns or ()
    assert names == [column.name for column in known]
    types = connection.execute(f"DESCRIBE {sql}").fetchall()
    assert [(row[0], row[1]) for row in types] == [(c.name, c.type) for c in known]
    return found


def picked(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(str(row[n]) if n.endswith("_on") else row[n] for n in names) for row in rows]


def test_basic_aggregates_are_of_the_group() -> None:
    rows = result(OWN_DATE, "  - {name: a, column: amount, basic: [count, sum, avg, min, max]}")
    assert picked(rows, "customer", "paid_on", "a_count", "a_sum", "a_avg", "a_min", "a_max") == [
        (1, "2024-01-01", 2, 30.0, 15.0, 10.0, 20.0),
        (1, "2024-01-05", 1, 40.0, 40.0, 40.0, 40.0),
        (1, "2024-01-20", 1, 80.0, 80.0, 80.0, 80.0),
        (2, "2024-01-05", 1, 5.0, 5.0, 5.0, 5.0),
        (2, "2024-01-06", 0, None, None, None, None),
        (2, "None", 1, 7.0, 7.0, 7.0, 7.0),
    ]


def test_mean_and_std_are_named_by_the_functions_that_they_are() -> None:
    rows = result(OTHER_DATE, "  - {name: a, column: amount, basic: [mean, std]}")
    assert set(rows[0]) == {"customer", "asked_on", "a_avg", "a_stddev"}
    assert [row["a_avg"] for row in rows] == [pytest.approx(70 / 3), 80.0, 6.0]
    assert rows[0]["a_stddev"] == pytest.approx(15.2752523)


def test_a_window_reaches_back_over_earlier_rows_where_both_dates_are_one() -> None:
    rows = result(
        OWN_DATE,
        "  - name: a\n    column: amount\n    rolling: [{window: [4, 19], aggs: [sum, count]}]",
    )
    names = ("customer", "paid_on", "a_sum_4d", "a_count_4d", "a_sum_19d", "a_count_19d")
    assert picked(rows, *names)[:5] == [
        (1, "2024-01-01", 30.0, 2, 30.0, 2),
        (1, "2024-01-05", 70.0, 3, 70.0, 3),
        (1, "2024-01-20", 80.0, 1, 150.0, 4),
        (2, "2024-01-05", 5.0, 1, 5.0, 1),
        (2, "2024-01-06", 5.0, 1, 5.0, 1),
    ]


def test_a_window_ends_at_the_row_s_own_application_date_where_there_is_one() -> None:
    rows = result(
        OTHER_DATE,
        "  - name: a\n    column: amount\n    rolling: [{window: [5, 9], aggs: [sum, count]}]",
    )
    assert picked(rows, "customer", "asked_on", "a_sum_5d", "a_count_5d", "a_sum_9d") == [
        (1, "2024-01-10", 40.0, 1, 70.0),
        (1, "2024-01-21", 80.0, 1, 80.0),
        (2, "2024-01-10", 5.0, 1, 5.0),
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [(OTHER_DATE, [40.0 / 70.0, 1.0, 1.0]), (OWN_DATE, [1.0, 40.0 / 70.0, 1.0, 1.0, None, None])],
)
def test_a_ratio_is_one_window_by_another(head: str, expected: list[float | None]) -> None:
    days = "[5], denominator: [9]" if head is OTHER_DATE else "[3], denominator: [9]"
    rows = result(
        head,
        f"  - name: a\n    column: amount\n    ratio: [{{numerator: {days}, aggs: [sum]}}]",
    )
    (name,) = [key for key in rows[0] if "ratio" in key]
    assert name in ("a_sum_ratio_5d_9d", "a_sum_ratio_3d_9d")
    found = [row[name] for row in rows]
    assert found[:3] == [pytest.approx(value) for value in expected[:3]]


def test_a_ratio_by_zero_is_null() -> None:
    rows = result(
        OTHER_DATE,
        "  - name: a\n    column: amount\n"
        "    ratio: [{numerator: [9], denominator: [1], aggs: [count]}]",
    )
    assert [row["a_count_ratio_9d_1d"] for row in rows] == [None, 1.0, None]


def test_since_is_of_the_rows_that_meet_a_condition() -> None:
    rows = result(
        OTHER_DATE,
        "  - name: a\n    column: amount\n"
        "    since: [{condition: status == 'paid' AND amount > 5, aggs: [count, sum, max]}]",
    )
    assert picked(rows, "customer", "asked_on", "a_count_if", "a_sum_if", "a_max_if") == [
        (1, "2024-01-10", 2, 50.0, 40.0),
        (1, "2024-01-21", 1, 80.0, 80.0),
        (2, "2024-01-10", 0, 0.0, None),
    ]


def test_groups_are_of_every_key() -> None:
    rows = result(
        OTHER_DATE + "group_by: [status, customer]\n",
        "  - {name: a, column: amount, basic: [sum]}",
    )
    assert picked(rows, "customer", "asked_on", "status", "a_sum") == [
        (1, "2024-01-10", "open", 20.0),
        (1, "2024-01-10", "paid", 50.0),
        (1, "2024-01-21", "paid", 80.0),
        (2, "2024-01-10", "paid", 5.0),
        (2, "2024-01-10", None, 7.0),
    ]


def test_windows_conditions_and_groups_go_together() -> None:
    rows = result(
        OWN_DATE + "group_by: [status]\n",
        "  - name: a\n    column: amount\n    basic: [sum]\n"
        "    rolling: {window: 30d, functions: SUM}\n"
        "    since: {condition: amount > 15, aggs: [count]}",
    )
    names = ("customer", "paid_on", "status", "a_sum", "a_sum_30d", "a_count_if")
    assert picked(rows, *names)[:4] == [
        (1, "2024-01-01", "open", 20.0, 20.0, 1),
        (1, "2024-01-01", "paid", 10.0, 10.0, 0),
        (1, "2024-01-05", "paid", 40.0, 50.0, 1),
        (1, "2024-01-20", "paid", 80.0, 130.0, 1),
    ]


def test_names_of_features_are_told_in_order() -> None:
    analysis = analysed(
        {
            "seeknal/daily.yml": OWN_DATE + "features:\n"
            "  - name: a\n    column: amount\n    basic: [sum, mean]\n"
            "    rolling: [{window: [1, 7], aggs: [std]}]\n"
            "    ratio: [{numerator: [1, 2], denominator: [7], aggs: [sum]}]\n"
            "    since: [{condition: x > 1, aggs: [count]}]\n"
        }
    )
    spec = analysis.manifest.nodes["aggregation.daily"].spec
    assert isinstance(spec, AggregationSpec)
    assert output_names(spec.features[0]) == (
        "a_sum",
        "a_avg",
        "a_stddev_1d",
        "a_stddev_7d",
        "a_sum_ratio_1d_7d",
        "a_sum_ratio_2d_7d",
        "a_count_if",
    )


def test_only_what_is_needed_is_read_of_the_input() -> None:
    features = "  - {name: a, column: amount, rolling: [{window: 7, aggs: [sum]}]}"
    analysis = analysed(
        {"seeknal/orders.yml": SOURCE, "seeknal/daily.yml": f"{OWN_DATE}features:\n{features}\n"}
    )
    known = analysis.of("aggregation.daily")
    assert {(use.column, use.star) for use in known.uses} == {
        ("customer", False),
        ("paid_on", False),
        ("amount", False),
    }


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("amount >", "sql-syntax"),
        ("amount, status", "sql-condition"),
    ],
)
def test_a_condition_that_cannot_be_read_is_a_problem_on_its_line(
    condition: str, code: str
) -> None:
    features = (
        "  - name: a\n    column: amount\n    basic: [sum]\n    since:\n"
        f'      - condition: "{condition}"\n'
    )
    analysis = analysed({"seeknal/daily.yml": f"{OWN_DATE}features:\n{features}\n"})
    query = analysis.query("aggregation.daily")
    assert isinstance(query, SqlError)
    assert (query.code, query.place.line) == (code, 13)


def test_a_column_that_is_not_there_is_told_on_the_line_that_names_it() -> None:
    features = (
        "  - name: a\n    column: amont\n    since:\n"
        "      - condition: state = 'paid'\n        aggs: [sum]\n"
    )
    analysis = analysed(
        {"seeknal/orders.yml": SOURCE, "seeknal/daily.yml": f"{OWN_DATE}features:\n{features}"}
    )
    missing = {m.column: str(m.place) for m in analysis.of("aggregation.daily").missing}
    assert missing == {"amont": "seeknal/daily.yml:10:5", "state": "seeknal/daily.yml:12"}


@pytest.mark.parametrize("head", [OWN_DATE, OTHER_DATE])
def test_postgresql_makes_the_same_rows(head: str, postgres_url: str) -> None:
    features = (
        "  - name: a\n    column: amount\n    basic: [count, sum, mean, std]\n"
        "    rolling: [{window: [4, 9], aggs: [sum, count]}]\n"
        "    ratio: [{numerator: [4], denominator: [9], aggs: [mean]}]\n"
        "    since: [{condition: status == 'paid', aggs: [count, sum, max]}]\n"
    )
    analysis = analysed(
        {"seeknal/orders.yml": SOURCE, "seeknal/daily.yml": f"{head}features:\n{features}"}
    )
    found = rows_on_postgres(analysis, "aggregation.daily", "source.orders", ROWS, postgres_url)
    assert "a_mean_ratio_4d_9d" in found[0]
    expected = sorted(map(_plain, result(head, features)))
    for row, other in zip(sorted(map(_plain, found)), expected, strict=True):
        assert row == pytest.approx(other)


def _plain(row: dict[str, Any]) -> list[float]:
    """Numbers alone; dates as days, and no value as one that no row has."""
    days = (value.toordinal() if hasattr(value, "toordinal") else value for value in row.values())
    return [-1.0 if value is None else float(value) for value in days]

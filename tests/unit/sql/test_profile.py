"""A profile, run on real databases over rows of which the statistics are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import Resolved
from tests.support.features import rows_on_duckdb, rows_on_postgres
from tests.support.project import analysed

SOURCE = """
kind: source
name: products
source: csv
table: products.csv
schema:
  - {name: Price, data_type: double}
  - {name: stock, data_type: integer}
  - {name: cost, data_type: "decimal(9,2)"}
  - {name: kind, data_type: varchar}
  - {name: sold, data_type: boolean}
  - {name: added, data_type: date}
"""
HEAD = "kind: profile\nname: stats\ninputs:\n  - ref: source.products\n"
NODE = "profile.stats"
ROWS: list[tuple[Any, ...]] = [
    (10.0, 4, Decimal("1.50"), "toy", True, date(2024, 1, 1)),
    (20.0, 4, Decimal("2.50"), 'the "best"', True, date(2024, 1, 5)),
    (30.0, 8, None, "toy", False, date(2024, 2, 1)),
    (40.0, None, Decimal("3.50"), None, None, None),
]
OF_NUMBERS = ["avg", "sum", "stddev", "p25", "p50", "p75"]


def project(profile: str = "", source: str = SOURCE) -> Analysis:
    analysis = analysed({"seeknal/products.yml": source, "seeknal/n.yml": HEAD + profile})
    assert analysis.manifest.problems == ()
    return analysis


def metrics(
    profile: str = "", rows: Sequence[tuple[Any, ...]] = ROWS
) -> dict[tuple[str, str], str | None]:
    """Column and metric to value; frequent values have theirs in `detail`."""
    found = rows_on_duckdb(project(profile), NODE, "source.products", rows)
    assert all(row["value"] is None or row["detail"] is None for row in found)
    return {(row["column_name"], row["metric"]): row["value"] or row["detail"] for row in found}


def test_every_column_has_the_metrics_of_its_type() -> None:
    found = metrics()
    names: dict[str, list[str]] = {}
    for column, metric in found:
        names.setdefault(column, []).append(metric)
    some = ["null_count", "null_percent", "distinct_count"]
    assert {column: set(given) for column, given in names.items()} == {
        "_table_": {"row_count"},
        "Price": {*some, "min", "max", *OF_NUMBERS},
        "stock": {*some, "min", "max", *OF_NUMBERS},
        "cost": {*some, "min", "max", *OF_NUMBERS},
        "kind": {*some, "top_values"},
        "sold": {*some, "top_values"},
        "added": {*some, "min", "max"},
    }
    assert len(found) == sum(len(given) for given in names.values())


def test_values_are_those_of_the_rows() -> None:
    found = metrics()
    assert found["_table_", "row_count"] == "4"
    assert found["stock", "null_count"] == "1"
    assert found["stock", "null_percent"] == "25.0"
    assert found["stock", "distinct_count"] == "2"
    numbers = {name: float(found["Price", name] or "nan") for name in ("min", "max", *OF_NUMBERS)}
    assert numbers == pytest.approx(
        {
            "min": 10.0,
            "max": 40.0,
            "avg": 25.0,
            "sum": 100.0,
            "stddev": 12.90994449,
            "p25": 17.5,
            "p50": 25.0,
            "p75": 32.5,
        }
    )
    assert (found["cost", "min"], found["cost", "sum"]) == ("1.50", "7.5")
    assert (found["added", "min"], found["added", "max"]) == ("2024-01-01", "2024-02-01")


def test_frequent_values_are_told_with_how_often_they_are_there() -> None:
    found = metrics()
    assert json.loads(found["kind", "top_values"] or "") == [
        {"value": "toy", "count": 2, "percent": 66.67},
        {"value": 'the "best"', "count": 1, "percent": 33.33},
    ]
    assert json.loads(found["sold", "top_values"] or "") == [
        {"value": "true", "count": 2, "percent": 66.67},
        {"value": "false", "count": 1, "percent": 33.33},
    ]


def test_of_values_that_are_there_as_often_the_first_by_name_are_kept() -> None:
    rows = [(None, None, None, kind, None, None) for kind in "fbdaec"]
    found = metrics("profile: {columns: [kind], params: {max_top_values: 3}}\n", rows)
    kept = json.loads(found["kind", "top_values"] or "")
    assert [entry["value"] for entry in kept] == ["a", "b", "c"]


def test_an_empty_input_has_a_profile() -> None:
    found = metrics(rows=[])
    assert found["_table_", "row_count"] == "0"
    assert found["Price", "null_percent"] == "0.0"
    assert found["Price", "avg"] is None
    assert found["kind", "top_values"] is None


def test_only_the_columns_that_are_named_are_looked_at() -> None:
    found = metrics("profile:\n  columns: [kind, PRICE]\n")
    assert {column for column, _ in found} == {"_table_", "kind", "PRICE"}
    assert found["PRICE", "p50"] == "25.0"


def test_a_column_of_unknown_type_is_told_as_text_and_a_blob_not_at_all() -> None:
    source = SOURCE.replace("name: stock, data_type: integer", "name: stock").replace(
        "data_type: boolean", "data_type: blob"
    )
    known = project(source=source)
    query = known.query(NODE)
    assert isinstance(query, Resolved)
    told = query.tree.sql("duckdb")
    assert "'stock', 'top_values'" in told
    assert "'stock', 'avg'" not in told
    assert "'sold', 'null_count'" in told
    assert "'sold', 'distinct_count'" not in told


def test_all_columns_are_taken_as_a_star_takes_them_and_named_ones_by_name() -> None:
    every = project().of(NODE).uses
    assert {(use.column, use.star, str(use.place)) for use in every} == {
        (name, True, "seeknal/n.yml:4:5")
        for name in ("Price", "stock", "cost", "kind", "sold", "added")
    }
    (named,) = project("profile:\n  columns:\n    - stock\n").of(NODE).uses
    assert (named.column, named.star, str(named.place)) == ("stock", False, "seeknal/n.yml:7:7")


def test_what_is_known_of_a_profile_is_what_its_query_says() -> None:
    for profile in ("", "profile: {columns: [stock, kind]}\n"):
        analysis = project(profile)
        query = analysis.query(NODE)
        assert isinstance(query, Resolved)
        known = analysis.of(NODE)
        assert query.tree.named_selects == [column.name for column in known.columns or ()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "profile: {columns: [kind]}\n"),
        ("", "profile: {params: {max_top_values: 6}}\n"),
        ("profile: {columns: [kind]}\n", "profile: {columns: [sold]}\n"),
    ],
)
def test_profiles_that_are_not_the_same_have_other_canonical_texts(one: str, other: str) -> None:
    assert project(one).of(NODE).canonical != project(other).of(NODE).canonical


def test_the_default_number_of_frequent_values_is_five() -> None:
    written = project("profile: {params: {max_top_values: 5}}\n")
    assert written.of(NODE).canonical == project().of(NODE).canonical


def test_without_a_schema_the_columns_must_be_named() -> None:
    source = "kind: source\nname: products\nsource: csv\ntable: products.csv\n"
    unknown = project(source=source)
    query = unknown.query(NODE)
    assert isinstance(query, SqlError)
    assert (query.code, str(query.place)) == ("profile-columns", "seeknal/n.yml:4:5")
    assert unknown.of(NODE).columns is None
    named = project("profile: {columns: [kind]}\n", source)
    assert isinstance(named.query(NODE), Resolved)
    assert named.of(NODE).missing == ()


def test_a_profile_in_a_circle_ends() -> None:
    analysis = analysed(
        {
            "seeknal/n.yml": HEAD.replace("source.products", "transform.back"),
            "seeknal/t.yml": "kind: transform\nname: back\ninputs: [{ref: profile.stats}]\n"
            "transform: SELECT * FROM profile.stats\n",
        }
    )
    assert isinstance(analysis.query(NODE), SqlError)
    assert analysis.of("transform.back").columns is None


def test_postgresql_makes_the_same_rows(postgres_url: str) -> None:
    analysis = project("profile: {params: {max_top_values: 1}}\n")
    expected = {
        (row["column_name"], row["metric"]): row
        for row in rows_on_duckdb(analysis, NODE, "source.products", ROWS)
    }
    found = rows_on_postgres(analysis, NODE, "source.products", ROWS, postgres_url)
    assert {(row["column_name"], row["metric"]) for row in found} == set(expected)
    for row in found:
        other = expected[row["column_name"], row["metric"]]
        assert _plain(row["value"]) == _plain(other["value"])
        assert row["detail"] == other["detail"]


def _plain(value: str | None) -> object:
    """Numbers as numbers: how many zeros they end in differs."""
    try:
        return None if value is None else pytest.approx(float(value))
    except ValueError:
        return value

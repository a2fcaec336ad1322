"""A second-order aggregation, run on real databases against what Python makes of the same rows."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from seeknal_ci.manifest.analysis import Analysis
from tests.support.features import Row, rows_on_duckdb, rows_on_postgres
from tests.support.project import analysed

SOURCE = """
kind: source
name: daily
source: csv
table: daily.csv
schema:
  - {name: region, data_type: varchar}
  - {name: day, data_type: date}
  - {name: asked, data_type: date}
  - {name: amount, data_type: double}
  - {name: orders, data_type: integer}
"""
HEAD = """
kind: second_order_aggregation
name: regions
id_col: region
feature_date_col: day
source: source.daily
"""
ASKED = "application_date_col: asked\n"
NODE = "second_order_aggregation.regions"

START = date(2024, 1, 1)
Given = tuple[str, date | None, date, float | None, int | None]


def given(seed: int = 20240131) -> list[Given]:
    """Rows of three regions over six weeks, some after the day they are asked for."""
    chance = random.Random(seed)
    rows: list[Given] = []
    for region in ("north", "south", "west"):
        asked = START + timedelta(days=chance.randint(25, 35))
        for _ in range(chance.randint(15, 25)):
            day = START + timedelta(days=chance.randint(0, 41))
            amount = None if chance.random() < 0.1 else chance.randint(1, 400) / 4
            orders = None if chance.random() < 0.1 else chance.randint(0, 9)
            rows.append((region, day, asked, amount, orders))
    rows.append(("north", None, START, 1000.0, 1000))
    return rows


def project(head: str, features: str) -> Analysis:
    analysis = analysed(
        {"seeknal/daily.yml": SOURCE, "seeknal/n.yml": f"{head}features:\n{features}"}
    )
    assert analysis.manifest.problems == ()
    return analysis


def result(head: str, features: str, rows: Sequence[Given]) -> list[Row]:
    return rows_on_duckdb(project(head, features), NODE, "source.daily", rows)


def values(
    rows: Sequence[Given], region: str, at: int, keeps: Callable[[int], bool], *, own: bool = True
) -> list[Any]:
    """What there is in a column of a region's rows, of days that are counted as Seeknal does."""
    last = max(row[1] for row in rows if row[1] is not None)
    return [
        row[at]
        for row in rows
        if row[0] == region and row[1] is not None and row[at] is not None
        if keeps(((row[2] if own else last) - row[1]).days)
    ]


def between(first: int, last: int) -> Callable[[int], bool]:
    return lambda days: first <= days <= last


def total(found: list[Any]) -> float | None:
    return sum(found) if found else None


def test_basic_aggregates_are_of_the_rows_up_to_the_application_date() -> None:
    rows = given()
    features = "  amount: {basic: [count, sum, mean, avg, min, max, std, stddev, median]}\n"
    found = result(HEAD + ASKED, features, rows)
    assert [row["region"] for row in found] == ["north", "south", "west"]
    for row in found:
        kept = values(rows, row["region"], 3, lambda days: days >= 0)
        assert len(kept) < len(values(rows, row["region"], 3, lambda days: True))
        assert {key: row[key] for key in row if key != "region"} == pytest.approx(
            {
                "amount_COUNT": len(kept),
                "amount_SUM": sum(kept),
                "amount_MEAN": statistics.mean(kept),
                "amount_AVG": statistics.mean(kept),
                "amount_MIN": min(kept),
                "amount_MAX": max(kept),
                "amount_STD": statistics.stdev(kept),
                "amount_STDDEV": statistics.stdev(kept),
                "amount_MEDIAN": statistics.median(kept),
            }
        )


def test_a_window_is_of_some_days_before_the_application_date() -> None:
    rows = given()
    features = "  recent: {source_feature: amount, window: [1, 7], basic: [sum, count]}\n"
    for row in result(HEAD + ASKED, features, rows):
        kept = values(rows, row["region"], 3, between(1, 7))
        assert row["amount_SUM_1_7"] == total(kept)
        assert row["amount_COUNT_1_7"] == len(kept)
        assert row["amount_SUM"] == sum(values(rows, row["region"], 3, lambda days: days >= 0))


def test_without_an_application_date_days_are_counted_from_the_last_of_the_whole_input() -> None:
    rows = given()
    features = "  amount: {window: [0, 9], basic: sum}\n"
    for row in result(HEAD, features, rows):
        kept = values(rows, row["region"], 3, between(0, 9), own=False)
        assert row["amount_SUM_0_9"] == total(kept)
        every = values(rows, row["region"], 3, lambda days: True, own=False)
        assert row["amount_SUM"] == sum(every)


def test_a_ratio_is_one_window_by_another_and_a_delta_is_one_less_another() -> None:
    rows = given()
    features = (
        "  trend:\n    source_feature: orders\n"
        "    ratio: {numerator: [1, 7], denominator: [8, 30], aggs: [sum, mean]}\n"
        "    delta: [{current: [0, 6], previous: [7, 13], aggs: [count]}, 10d]\n"
    )
    for row in result(HEAD + ASKED, features, rows):

        def of(first: int, last: int, region: str = row["region"]) -> list[Any]:
            return values(rows, region, 4, between(first, last))

        assert row["orders_SUM1_7_SUM8_30"] == pytest.approx(sum(of(1, 7)) / sum(of(8, 30)))
        assert row["orders_MEAN1_7_MEAN8_30"] == pytest.approx(
            statistics.mean(of(1, 7)) / statistics.mean(of(8, 30))
        )
        assert row["orders_DELTA_COUNT0_6_COUNT7_13"] == len(of(0, 6)) - len(of(7, 13))
        assert row["orders_DELTA_SUM1_10_SUM11_20"] == sum(of(1, 10)) - sum(of(11, 20))


def test_a_ratio_by_zero_or_by_nothing_is_null() -> None:
    rows: list[Given] = [
        ("a", START, START, 1.0, 0),
        ("a", START - timedelta(days=9), START, 5.0, 0),
        ("b", START, START, 1.0, 1),
    ]
    features = "  orders: {ratio: {numerator: [0, 1], denominator: [8, 9]}}\n"
    found = result(HEAD + ASKED, features, rows)
    assert [row["orders_SUM0_1_SUM8_9"] for row in found] == [None, None]


def test_since_is_of_all_rows_that_meet_its_condition() -> None:
    rows = given()
    features = (
        "  amount:\n    since:\n      - condition: orders == 5 and _days_between < 10\n"
        "        aggs: [sum]\n      - {aggs: [count]}\n"
    )
    for row in result(HEAD + ASKED, features, rows):
        own = [r for r in rows if r[0] == row["region"] and r[1] is not None and r[3] is not None]
        kept = [r[3] for r in own if r[4] == 5 and r[1] and (r[2] - r[1]).days < 10]
        assert row["SINCE_SUM_amount_GEO_D"] == total(kept)
        upto = [r for r in own if r[1] and r[1] <= r[2]]
        assert row["SINCE_COUNT_amount_GEO_D"] == len(upto)


def test_percentiles_lie_between_the_values_around_them() -> None:
    rows = given()
    features = (
        "  amount: {percentile: [50, 0.95, 99.9], window: [1, 20]}\n  orders: {percentile: 100}\n"
    )
    for row in result(HEAD + ASKED, features, rows):
        kept = sorted(values(rows, row["region"], 3, lambda days: days >= 0))
        for name, share in (("50", 0.5), ("95", 0.95), ("99_9", 0.999)):
            place = share * (len(kept) - 1)
            low = kept[int(place)]
            high = kept[min(int(place) + 1, len(kept) - 1)]
            expected = low + (high - low) * (place - int(place))
            assert row[f"amount_PERCENTILE_{name}"] == pytest.approx(expected)
        recent = values(rows, row["region"], 3, between(1, 20))
        assert row["amount_PERCENTILE_50_1_20"] == pytest.approx(statistics.median(recent))
        assert row["orders_PERCENTILE_100"] == max(
            values(rows, row["region"], 4, lambda days: days >= 0)
        )


def test_a_column_that_two_features_ask_for_alike_is_made_once() -> None:
    features = (
        "  amount: {basic: [sum, mean]}\n"
        "  recent: {source_feature: amount, window: [1, 7], basic: [sum]}\n"
    )
    (row, *_) = result(HEAD + ASKED, features, given())
    assert list(row) == ["region", "amount_SUM", "amount_MEAN", "amount_SUM_1_7"]


def test_two_columns_of_one_name_and_other_values_are_told() -> None:
    features = (
        "  amount:\n    since:\n      - {condition: orders > 1}\n      - {condition: orders > 2}\n"
    )
    known = project(HEAD, features).of(NODE)
    assert known.duplicates == ("since_count_amount_geo_d",)


def test_only_what_is_needed_is_read_of_the_input() -> None:
    known = project(HEAD, "  orders: {basic: [sum]}\n").of(NODE)
    assert {(use.column, str(use.place)) for use in known.uses} == {
        ("region", "seeknal/n.yml:4:1"),
        ("day", "seeknal/n.yml:5:1"),
        ("orders", "seeknal/n.yml:8:3"),
    }


def test_a_column_that_is_not_there_is_told_where_the_yaml_names_it() -> None:
    features = "  x: {source_feature: amont, basic: sum}\n  y: {basic: [sum]}\n"
    known = project(HEAD + "application_date_col: askd\n", features).of(NODE)
    assert {missing.column: str(missing.place) for missing in known.missing} == {
        "askd": "seeknal/n.yml:7:1",
        "amont": "seeknal/n.yml:9:7",
        "y": "seeknal/n.yml:10:3",
    }


@pytest.mark.parametrize("head", [HEAD, HEAD + ASKED])
def test_postgresql_makes_the_same_rows(head: str, postgres_url: str) -> None:
    features = (
        "  amount: {basic: [sum, mean, std, median], percentile: [95], window: [1, 14]}\n"
        "  orders:\n    ratio: {numerator: [1, 7], denominator: [8, 30]}\n    delta: 7\n"
        "    since: {condition: amount > 20 and _days_between < 9, aggs: [count, max]}\n"
    )
    analysis = project(head, features)
    expected = rows_on_duckdb(analysis, NODE, "source.daily", given())
    found = rows_on_postgres(analysis, NODE, "source.daily", given(), postgres_url)
    assert len(found) == len(expected) == 3
    for row, other in zip(found, expected, strict=True):
        assert row.pop("region") == other.pop("region")
        numbers = {name: value and float(value) for name, value in row.items()}
        assert numbers == pytest.approx(other)

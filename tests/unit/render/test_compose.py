"""What a view says of what is known, and of what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Change, ChangeKind, ClassifiedChange, Report
from seeknal_ci.render.compose import comment_view
from seeknal_ci.render.views import Checked, Evidence, Links, Section, Spot
from seeknal_ci.render.wording import change_of, duration
from tests.support.reports import (
    discount_report,
    environment_for,
    node,
    plan_for,
    rename_report,
)
from tests.unit.render.samples import LINKS, built_view


def test_readers_are_those_that_use_the_column() -> None:
    (row,) = comment_view(rename_report()).breaking.shown
    assert [(r.node, r.owner, r.columns) for r in row.readers] == [
        ("transform.clean_orders", "analytics-team", ("customer_id",))
    ]
    assert row.blocked == 3


def test_a_breaking_change_that_breaks_nobody_can_be_accepted() -> None:
    report = replace(rename_report(), downstream=())
    *_, last = comment_view(report).actions.shown
    assert "`Breaking-Change: source.orders <reason>`" in last.text
    evidence = Evidence(acknowledge=False)
    assert len(comment_view(report, evidence=evidence).actions.shown) == 1


def test_a_breaking_change_that_breaks_a_node_cannot_be_accepted() -> None:
    assert not any("Breaking-Change" in t.text for t in comment_view(rename_report()).actions.shown)


def test_a_report_without_anything_to_do_asks_for_nothing() -> None:
    assert comment_view(discount_report()).actions.shown == ()


def test_every_section_says_whether_it_was_checked() -> None:
    evidence = Evidence(checks=(), not_checked={Section.BUILD: "a fork has no warehouse"})
    assert comment_view(discount_report(), evidence=evidence).checked == (
        Checked(("changes", "rules and audits"), "checked"),
        Checked(("build",), "not checked", "a fork has no warehouse"),
        Checked(("row counts", "values"), "not checked", "not asked for"),
    )


def test_the_head_of_a_pull_request_is_not_its_test_merge() -> None:
    assert comment_view(discount_report(), head="f" * 40).provenance.head == "f" * 40


def test_a_removed_node_links_to_the_base() -> None:
    removed = node("source.inventory")
    finding = rename_report().changes[0].findings[0]
    change = ClassifiedChange(Change(ChangeKind.REMOVED, removed, None), (finding,))
    report = replace(rename_report(), changes=(change,), downstream=())
    (row,) = comment_view(report, links=LINKS).breaking.shown
    assert row.spot is not None
    assert row.spot.url == f"{LINKS.base_files}seeknal/01_source_orders.yml#L12"


def test_one_finding_in_several_places_is_one_row_and_one_thing_to_do() -> None:
    report = rename_report()
    removed = report.changes[0].findings[0]
    elsewhere = replace(removed, place=replace(removed.place, line=40))
    change = replace(report.changes[0], findings=(removed, elsewhere))
    view = comment_view(replace(report, changes=(change,), downstream=()))
    assert [(row.spot, row.more_spots) for row in view.breaking.shown] == [
        (Spot("seeknal/01_source_orders.yml", 12), 1)
    ]
    assert len(view.actions.shown) == 2


def test_a_lowered_finding_says_what_it_was() -> None:
    report = rename_report()
    lowered = replace(
        report.changes[0].findings[0],
        category=Category.NON_BREAKING,
        default_category=Category.BREAKING,
    )
    changed = ClassifiedChange(report.changes[0].change, (lowered,))
    view = comment_view(Report(report.base, report.head, (changed,)), links=Links())
    assert view.other.shown[0].lowered_from == "BREAKING"


def test_the_query_reads_a_changed_node_and_quotes_what_needs_it() -> None:
    environment = environment_for(plan_for(discount_report(), "pr_42"))
    view = built_view(discount_report())
    assert view.environment is not None
    assert view.environment.query == "SELECT * FROM pr_42.clean_orders LIMIT 100;"
    odd = replace(environment, schema='My "PR"')
    view = comment_view(discount_report(), evidence=Evidence(environment=odd))
    assert view.environment is not None
    assert view.environment.query == 'SELECT * FROM "My ""PR""".clean_orders LIMIT 100;'


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, 5, "new"),
        (0, 5, "new"),
        (0, 0, "no change"),
        (5, 5, "no change"),
        (5, 0, "now empty"),
        (200, 100, "-50.0 %"),
        (100, 250, "+150.0 %"),
        (1_000_000, 1_000_001, "less than ±0.1 %"),
    ],
)
def test_percentages_are_of_the_old_value(before: int | None, after: int, said: str) -> None:
    assert change_of(before, after) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0.00 s"),
        (0.25, "0.2 s"),
        (9.96, "10 s"),
        (59.6, "1 min 0 s"),
        (65, "1 min 5 s"),
        (3_599.7, "1 h 0 min"),
        (7_380, "2 h 3 min"),
    ],
)
def test_durations_have_two_parts_at_most(seconds: float, said: str) -> None:
    assert duration(seconds) == said

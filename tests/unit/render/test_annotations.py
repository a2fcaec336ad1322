"""Workflow commands: levels, order, limits, and text that cannot command."""

from __future__ import annotations

from dataclasses import replace

from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.report import Change, ChangeKind, ClassifiedChange
from seeknal_ci.render.annotations import workflow_commands
from tests.support.reports import (
    description_report,
    huge_report,
    node,
    rename_report,
    with_name,
)


def levels(text: str) -> list[str]:
    """The level of every command."""
    return [line.split(" ", 1)[0] for line in text.splitlines()]


def test_breaking_first_then_readers_then_the_rest() -> None:
    assert workflow_commands(rename_report()).splitlines() == [
        "::error file=seeknal/01_source_orders.yml,line=12,"
        "title=BREAKING%3A column-removed in source.orders"
        "::Removed column 'customer_id', which `transform.clean_orders` reads"
        "%0Afix: keep `customer_id`, or change `transform.clean_orders` in the same pull request",
        "::error file=seeknal/04_transform_clean_orders.yml,line=9,"
        "title=BREAKING%3A transform.clean_orders breaks::References missing column 'customer_id'",
        "::notice file=seeknal/01_source_orders.yml,line=12,"
        "title=NON_BREAKING%3A column-added in source.orders::Added column 'cust_id' (integer)"
        "%0Afix: nothing to do: no reader is affected",
    ]


def test_metadata_marks_no_line() -> None:
    assert workflow_commands(description_report()) == ""


def test_a_removed_node_has_no_line_to_mark() -> None:
    removed = node("source.orders")
    finding = rename_report().changes[0].findings[0]
    change = ClassifiedChange(Change(ChangeKind.REMOVED, removed, None), (finding,))
    assert workflow_commands(replace(rename_report(), changes=(change,), downstream=())) == ""


def test_errors_are_errors_and_warnings_warnings() -> None:
    error = Problem(Place("a.yml", 2, 5), "invalid-yaml", "no YAML", "correct it")
    warning = replace(error, code="yaml-suffix", severity=Severity.WARNING)
    report = replace(description_report(), errors=(error,), warnings=(warning,))
    text = workflow_commands(report)
    assert text.startswith("::error file=a.yml,line=2,col=5,title=invalid-yaml::no YAML%0Afix: ")
    assert levels(text) == ["::error", "::warning"]


def test_at_most_ten_a_level() -> None:
    found = levels(workflow_commands(huge_report(300)))
    assert found == ["::error"] * 10 + ["::notice"] * 10


def test_a_name_commands_nothing() -> None:
    name = "x\r\n::stop-commands::y ##[error]z, title=100%: \x1b[0m\u202e"
    text = workflow_commands(with_name(rename_report(), name))
    lines = text.splitlines()
    assert levels(text) == ["::error", "::error", "::notice"]
    assert all(line.isprintable() for line in lines)
    assert "##[" not in text
    for line in lines:
        properties = line[2:].partition(" ")[2].partition("::")[0]
        keys = [part.partition("=")[0] for part in properties.split(",")]
        assert keys == ["file", "line", "title"]
        assert "100%25" in line

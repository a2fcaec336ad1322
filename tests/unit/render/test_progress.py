"""A run as people see it: plain lines in a log, a table on a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from seeknal_ci.model.event import (
    ComparisonStarted,
    Event,
    RunStarted,
    StepFinished,
    StepRetried,
    StepStarted,
)
from seeknal_ci.model.run import SkipReason, Status, StepResult
from seeknal_ci.render.live import LiveReporter, live_reporter
from seeknal_ci.render.progress import LAST, State, advance, progress

EVENTS: tuple[Event, ...] = (
    RunStarted(4),
    StepStarted("source.orders", 1),
    StepRetried("source.orders", 1, 1.0, "could not set lock"),
    StepStarted("source.orders", 2),
    StepFinished(StepResult("source.orders", Status.SUCCEEDED, None, 2, 1.25, 1_200)),
    StepStarted("transform.clean_orders", 1),
    StepFinished(
        StepResult("transform.clean_orders", Status.FAILED, None, 1, 0.5, None, "X", "no x\nLINE 1")
    ),
    StepFinished(StepResult("aggregation.daily_sales", Status.SKIPPED, SkipReason.UPSTREAM_FAILED)),
    StepFinished(StepResult("exposure.export", Status.CANCELLED)),
    ComparisonStarted(1),
)


def test_a_log_has_a_line_an_event() -> None:
    stream = io.StringIO()
    with progress(stream, live=False) as reporter:
        for event in EVENTS:
            reporter(event)
    assert stream.getvalue().splitlines() == [
        "4 nodes to run",
        "source.orders: started",
        "source.orders: attempt 1 failed, next in 1.0 s: could not set lock",
        "[1/4] source.orders: succeeded in 1.2 s, 1,200 rows",
        "transform.clean_orders: started",
        "[2/4] transform.clean_orders: failed after 0.5 s: no x",
        "[3/4] aggregation.daily_sales: skipped (upstream_failed)",
        "[4/4] exposure.export: cancelled",
        "comparing the data of 1 node with production",
    ]


def test_the_state_counts_and_keeps_the_latest_lines() -> None:
    state = State()
    for now, event in enumerate(EVENTS):
        state = advance(state, event, float(now))
    assert (state.total, state.done, state.failed, state.running) == (4, 4, 1, ())
    assert len(state.last) == LAST


def test_a_retried_node_keeps_its_time() -> None:
    state = State()
    for now, event in enumerate(EVENTS[:4]):
        state = advance(state, event, float(now))
    assert [(r.node, r.attempt, r.since) for r in state.running] == [("source.orders", 2, 1.0)]


def drawn(events: tuple[Event, ...], clock: list[float]) -> str:
    """What the live display shows after `events`, the last reading of `clock` being now."""
    console = Console(file=io.StringIO(), width=72, color_system=None)
    readings = iter(clock)
    reporter = LiveReporter(console, clock=lambda: next(readings))
    for event in events:
        reporter(event)
    with console.capture() as capture:
        console.print(reporter.draw())
    return capture.get()


def test_the_display_names_what_runs_and_for_how_long() -> None:
    shown = drawn(EVENTS[:4], [0.0, 0.0, 1.0, 2.0, 3.0, 13.0])
    assert [line.split() for line in shown.splitlines()[:2]] == [
        ["0/4", "nodes", "done,", "13", "s"],
        ["●", "source.orders", "12", "s", "attempt", "2"],
    ]


def test_a_name_is_no_markup_and_no_control() -> None:
    name = "[bold red]x[/] \x1b[2J\u202e"
    shown = drawn((RunStarted(1), StepStarted(name, 1)), [0.0] * 9)
    assert "[bold red]x[/] \\x1b[2J\\u202e" in shown


def test_a_failure_stays_on_the_screen() -> None:
    stream = io.StringIO()
    with live_reporter(stream) as reporter:
        for event in EVENTS:
            reporter(event)
    assert "[2/4] transform.clean_orders: failed after 0.5 s: no x" in stream.getvalue()

"""A run as it goes on: a live table on a terminal, one plain line an event elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TextIO

from seeknal_ci.model.event import (
    ComparisonStarted,
    Event,
    Reporter,
    RunStarted,
    StepFinished,
    StepRetried,
    StepStarted,
)
from seeknal_ci.model.run import Status, StepResult
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.wording import duration, plural


@dataclass(frozen=True, slots=True)
class Running:
    """A node at work, and since when."""

    node: str
    attempt: int
    since: float


@dataclass(frozen=True, slots=True)
class State:
    """How far a run is; `last` are its latest lines, the newest at the end."""

    total: int = 0
    done: int = 0
    failed: int = 0
    running: tuple[Running, ...] = ()
    last: tuple[str, ...] = ()


# How many of the latest lines a live display shows.
LAST = 5


def advance(state: State, event: Event, now: float) -> State:
    """The state after `event`; `now` is a clock's reading in seconds."""
    line = describe(event, state)
    if line is not None:
        state = replace(state, last=(*state.last, line)[-LAST:])
    if isinstance(event, RunStarted):
        return replace(state, total=event.total)
    if isinstance(event, StepStarted):
        since = next((r.since for r in state.running if r.node == event.node), now)
        others = tuple(r for r in state.running if r.node != event.node)
        return replace(state, running=(*others, Running(event.node, event.attempt, since)))
    if isinstance(event, StepFinished):
        return replace(
            state,
            done=state.done + 1,
            failed=state.failed + (event.result.status is Status.FAILED),
            running=tuple(r for r in state.running if r.node != event.result.node),
        )
    return state


def describe(event: Event, state: State) -> str | None:
    """One line for a log; None for an event that a log need not hold.

    `state` is that before the event.
    """
    if isinstance(event, RunStarted):
        return f"{plural(event.total, 'node')} to run"
    if isinstance(event, StepStarted):
        return None if event.attempt > 1 else f"{terminal(event.node)}: started"
    if isinstance(event, StepRetried):
        delay = duration(event.delay_seconds)
        why = terminal(event.reason)
        return f"{terminal(event.node)}: attempt {event.attempt} failed, next in {delay}: {why}"
    if isinstance(event, ComparisonStarted):
        return f"comparing the data of {plural(event.nodes, 'node')} with production"
    return f"[{state.done + 1}/{state.total}] {_ended(event.result)}"


def _ended(result: StepResult) -> str:
    name = terminal(result.node)
    if result.status is Status.SUCCEEDED:
        rows = "" if result.rows is None else f", {plural(result.rows, 'row')}"
        return f"{name}: succeeded in {duration(result.seconds)}{rows}"
    if result.status is Status.FAILED:
        error = (result.error or "no reason was given").splitlines()[0]
        return f"{name}: failed after {duration(result.seconds)}: {terminal(error)}"
    why = "" if result.skip_reason is None else f" ({result.skip_reason.value})"
    return f"{name}: {result.status.value}{why}"


class PlainReporter:
    """Writes a line for every event, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._state = State()

    def __call__(self, event: Event) -> None:
        """Write the event's line, if it has one."""
        line = describe(event, self._state)
        self._state = advance(self._state, event, now=0.0)
        if line is not None:
            self._stream.write(f"{line}\n")
            self._stream.flush()


@contextmanager
def progress(stream: TextIO, *, live: bool) -> Iterator[Reporter]:
    """Reports a run to `stream` while the block lasts; `live` needs a terminal."""
    if not live:
        yield PlainReporter(stream)
        return
    # rich is loaded on terminals only.
    from seeknal_ci.render.live import live_reporter

    with live_reporter(stream) as reporter:
        yield reporter

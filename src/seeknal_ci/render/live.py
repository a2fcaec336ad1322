"""The live display of a run on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from seeknal_ci.model.event import Event, Reporter, StepFinished
from seeknal_ci.model.run import Status
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.progress import State, advance, describe
from seeknal_ci.render.wording import duration, plural

REFRESHES_A_SECOND = 8


class LiveReporter:
    """Holds the state of a run; rich's own thread draws it while events change it.

    A state is never changed but replaced, so the drawing thread always sees a whole one.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = monotonic) -> None:
        self._console = console
        self._clock = clock
        self._began = clock()
        self._state = State()

    def __call__(self, event: Event) -> None:
        """Take over the event; a failure stays on the screen above the display."""
        line = describe(event, self._state)
        self._state = advance(self._state, event, self._clock())
        failed = isinstance(event, StepFinished) and event.result.status is Status.FAILED
        if failed and line is not None:
            self._console.print(Text(line, style="bold red"))

    def draw(self) -> RenderableType:
        """The number of nodes done, those at work with their time, and the latest lines."""
        state, now = self._state, self._clock()
        table = Table.grid(padding=(0, 2))
        for running in state.running:
            tries = f"attempt {running.attempt}" if running.attempt > 1 else ""
            table.add_row(
                Text("  ●", style="cyan"),
                Text(terminal(running.node)),
                Text(duration(now - running.since), style="cyan"),
                Text(tries, style="yellow"),
            )
        failed = f", {state.failed:,} failed" if state.failed else ""
        title = f"{state.done:,}/{plural(state.total, 'node')} done{failed}"
        latest = (Text(f"  {line}", style="dim", no_wrap=True) for line in state.last)
        head = Text(f"{title}, {duration(now - self._began)}", style="bold")
        at_work = (table,) if state.running else ()
        return Group(head, *at_work, *latest)


@contextmanager
def live_reporter(stream: TextIO) -> Iterator[Reporter]:
    """A display at the end of `stream` that goes away when the block ends."""
    console = Console(file=stream, highlight=False)
    reporter = LiveReporter(console)
    with Live(
        get_renderable=reporter.draw,
        console=console,
        refresh_per_second=REFRESHES_A_SECOND,
        transient=True,
    ):
        yield reporter

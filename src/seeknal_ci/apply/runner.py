"""Steps on a pool of threads, submitted the moment they are ready; events from one thread."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from seeknal_ci.apply.schedule import Schedule
from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.event import Event, Reporter, StepFinished, StepRetried, StepStarted
from seeknal_ci.model.plan import Action, Step
from seeknal_ci.model.run import SkipReason, Status, StepResult

# A step's work: makes its rows and returns how many.
Work = Callable[[str], int]
LONGEST_PAUSE = 60.0
# Seconds from one pulse to the next.
PULSE = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run is carried out; `backoff` is in seconds and doubles, with jitter."""

    workers: int = 4
    retries: int = 3
    backoff: float = 1.0
    fail_fast: bool = False


def _nothing() -> None:
    """What a run does between its events, if nobody asks for more."""


class Runner:
    """One run. `interrupt` is called when the user stops it, to end what is under way, and `pulse`
    every so often, on the thread of the events.
    """

    def __init__(
        self,
        work: Work,
        limits: Limits,
        reporter: Reporter,
        interrupt: Callable[[], None],
        pulse: Callable[[], None] = _nothing,
    ) -> None:
        self._work = work
        self._limits = limits
        self._report = reporter
        self._interrupt = interrupt
        self._pulse = pulse
        self._next_pulse = time.monotonic() + PULSE
        self._inbox: queue.SimpleQueue[Event | Future[StepResult]] = queue.SimpleQueue()
        self._results: dict[str, StepResult] = {}
        self.interrupted = False

    def run(self, steps: tuple[Step, ...], seconds: Mapping[str, float]) -> dict[str, StepResult]:
        """Node id to result, of every step that is to be built.

        `seconds` are what earlier builds took. Bugs of ours propagate; failures are results.
        """
        schedule = Schedule(steps, seconds)
        with ThreadPoolExecutor(self._limits.workers, thread_name_prefix="step") as pool:
            try:
                self._loop(schedule, pool)
            except KeyboardInterrupt:
                self.interrupted = True
                self._interrupt()
                pool.shutdown(wait=True, cancel_futures=True)
                self._collect_ended()
        for node in schedule.open:
            if node not in self._results:
                self._end(StepResult(node, Status.CANCELLED))
        return self._results

    def _loop(self, schedule: Schedule, pool: ThreadPoolExecutor) -> None:
        running = 0
        stopped = False
        while True:
            while running < self._limits.workers and not stopped:
                node = schedule.next()
                if node is None:
                    break
                running += 1
                future = pool.submit(self._attempt, node)
                future.add_done_callback(self._inbox.put)
            if not running:
                break
            message = self._heard()
            if not isinstance(message, Future):
                self._report(message)
                continue
            running -= 1
            stopped = self._ended(schedule, message.result()) or stopped
        if stopped:
            for node in schedule.open:
                self._end(StepResult(node, Status.SKIPPED, SkipReason.FAIL_FAST))

    def _heard(self) -> Event | Future[StepResult]:
        """The next message, waited for from one pulse to the next."""
        while True:
            left = self._next_pulse - time.monotonic()
            if left > 0:
                with suppress(queue.Empty):
                    return self._inbox.get(timeout=left)
            self._pulse()
            self._next_pulse = time.monotonic() + PULSE

    def _ended(self, schedule: Schedule, result: StepResult) -> bool:
        """Take a result; True if nothing more may be submitted."""
        self._end(result)
        if result.status is Status.SUCCEEDED:
            schedule.succeeded(result.node)
            return False
        for node in schedule.failed(result.node):
            self._end(StepResult(node, Status.SKIPPED, SkipReason.UPSTREAM_FAILED))
        return self._limits.fail_fast

    def _collect_ended(self) -> None:
        """What ended while the run was being stopped: a whole build stays a whole build."""
        while not self._inbox.empty():
            message = self._inbox.get()
            if isinstance(message, Future) and not message.cancelled():
                result = message.result()
                if result.status is Status.SUCCEEDED:
                    self._end(result)

    def _end(self, result: StepResult) -> None:
        self._results[result.node] = result
        self._report(StepFinished(result))

    def _attempt(self, node: str) -> StepResult:
        """All attempts at one step, in a worker thread."""
        started = time.perf_counter()
        attempts = 0
        try:
            for attempt in self._retrying(node):
                attempts = attempt.retry_state.attempt_number
                with attempt:
                    self._inbox.put(StepStarted(node, attempts))
                    rows = self._work(node)
        except SeeknalCiError as error:
            return StepResult(
                node,
                Status.FAILED,
                attempts=attempts,
                seconds=time.perf_counter() - started,
                error_class=_class_of(error),
                error="; ".join(filter(None, (error.what, error.where, error.fix))),
            )
        seconds = time.perf_counter() - started
        return StepResult(node, Status.SUCCEEDED, attempts=attempts, seconds=seconds, rows=rows)

    def _retrying(self, node: str) -> Retrying:
        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            reason = error.what if isinstance(error, SeeknalCiError) else str(error)
            pause = state.next_action.sleep if state.next_action else 0.0
            self._inbox.put(StepRetried(node, state.attempt_number, pause, reason))

        return Retrying(
            stop=stop_after_attempt(self._limits.retries + 1),
            wait=wait_random_exponential(self._limits.backoff, max=LONGEST_PAUSE),
            retry=retry_if_exception(lambda e: isinstance(e, WarehouseError) and e.retriable),
            before_sleep=tell,
            reraise=True,
        )


def _class_of(error: SeeknalCiError) -> str:
    return error.error_class if isinstance(error, WarehouseError) else type(error).__name__


def skipped(steps: tuple[Step, ...]) -> Iterator[StepResult]:
    """Results of the steps that need no work."""
    for step in steps:
        if step.action is Action.REUSE:
            reason = step.skip_reason or SkipReason.UP_TO_DATE
            yield StepResult(step.node, Status.SKIPPED, reason)
        elif step.action is Action.SKIP:
            yield StepResult(step.node, Status.SKIPPED, step.skip_reason)

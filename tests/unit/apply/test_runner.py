"""Steps on real threads: order, failures, attempts, interruption."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from seeknal_ci.apply.runner import Limits, Runner
from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.event import Event, StepFinished, StepRetried, StepStarted
from seeknal_ci.model.plan import Action, Step
from seeknal_ci.model.run import SkipReason, Status, StepResult

QUICK = Limits(workers=4, retries=2, backoff=0.001)


def build(node: str, *inputs: str) -> Step:
    return Step(node, Action.BUILD, "", node, inputs)


class Log:
    """A reporter that keeps what it is told, and on which thread."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.threads: set[int] = set()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())


def run(
    work: Callable[[str], int], *steps: Step, limits: Limits = QUICK, log: Log | None = None
) -> dict[str, StepResult]:
    return Runner(work, limits, log or Log(), lambda: None).run(steps, {})


def test_every_step_runs_after_its_inputs() -> None:
    done: list[str] = []

    def work(node: str) -> int:
        done.append(node)
        return 1

    results = run(work, build("c", "b"), build("b", "a"), build("a"))

    assert done == ["a", "b", "c"]
    assert {result.status for result in results.values()} == {Status.SUCCEEDED}


def test_steps_that_do_not_wait_for_each_other_run_at_the_same_time() -> None:
    meeting = threading.Barrier(4)

    def work(node: str) -> int:
        meeting.wait(timeout=30)
        return 0

    results = run(work, *(build(f"n{i}") for i in range(4)))

    assert all(result.status is Status.SUCCEEDED for result in results.values())


def test_never_more_steps_run_than_there_are_workers() -> None:
    guard = threading.Lock()
    now, most = 0, 0

    def work(node: str) -> int:
        nonlocal now, most
        with guard:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.002)
        with guard:
            now -= 1
        return 0

    run(work, *(build(f"n{i}") for i in range(20)), limits=Limits(workers=3))

    assert most <= 3


def test_a_passing_error_is_tried_again_and_told() -> None:
    log = Log()
    tries = iter([WarehouseError("busy", fix="wait", error_class="Busy", retriable=True), None])

    def work(node: str) -> int:
        error = next(tries)
        if error is not None:
            raise error
        return 7

    results = run(work, build("a"), log=log)

    assert results["a"].status is Status.SUCCEEDED
    assert results["a"].attempts == 2
    assert results["a"].rows == 7
    assert [type(event) for event in log.events] == [
        StepStarted,
        StepRetried,
        StepStarted,
        StepFinished,
    ]
    assert log.threads == {threading.get_ident()}


@pytest.mark.parametrize(
    ("error", "attempts", "error_class"),
    [
        (WarehouseError("no", fix="x", error_class="BinderException"), 1, "BinderException"),
        (WarehouseError("no", fix="x", error_class="Busy", retriable=True), 3, "Busy"),
        (SeeknalCiError("no", fix="x"), 1, "SeeknalCiError"),
    ],
)
def test_a_failure_says_its_class_and_how_often_it_was_tried(
    error: SeeknalCiError, attempts: int, error_class: str
) -> None:
    def work(node: str) -> int:
        raise error

    result = run(work, build("a"))["a"]

    assert result.status is Status.FAILED
    assert result.attempts == attempts
    assert result.error_class == error_class
    assert result.error == "no; x"


def test_fail_fast_submits_nothing_more() -> None:
    def work(node: str) -> int:
        if node == "a":
            raise SeeknalCiError("no", fix="x")
        return 0

    # The longest way goes first: `a` is submitted before `b`.
    steps = (build("a"), build("a2", "a"), build("b"))
    results = run(work, *steps, limits=Limits(workers=1, fail_fast=True))

    assert results["a"].status is Status.FAILED
    assert results["a2"].skip_reason is SkipReason.UPSTREAM_FAILED
    assert results["b"].skip_reason is SkipReason.FAIL_FAST


def test_an_interruption_ends_what_runs_and_cancels_the_rest() -> None:
    stop = threading.Event()

    class Interrupting(Log):
        def __call__(self, event: Event) -> None:
            super().__call__(event)
            if isinstance(event, StepStarted):
                raise KeyboardInterrupt

    def work(node: str) -> int:
        stop.wait(timeout=30)
        raise WarehouseError("interrupted", fix="x", error_class="InterruptException")

    runner = Runner(work, Limits(workers=1), Interrupting(), stop.set)
    results = runner.run((build("a"), build("b", "a")), {})

    assert runner.interrupted
    assert {result.status for result in results.values()} == {Status.CANCELLED}


def test_a_bug_of_ours_is_no_failure_of_a_step() -> None:
    def work(node: str) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(work, build("a"))

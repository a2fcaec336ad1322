"""What may run next, without threads."""

from __future__ import annotations

from seeknal_ci.apply.schedule import Schedule
from seeknal_ci.model.plan import Action, Step


def build(node: str, *inputs: str) -> Step:
    return Step(node, Action.BUILD, "", node, inputs)


def test_a_step_is_ready_when_its_last_input_is_done() -> None:
    schedule = Schedule([build("a"), build("b"), build("c", "a", "b")], {})
    assert {schedule.next(), schedule.next()} == {"a", "b"}
    assert schedule.next() is None

    schedule.succeeded("a")
    assert schedule.next() is None

    schedule.succeeded("b")
    assert schedule.next() == "c"


def test_an_input_that_is_reused_is_not_waited_for() -> None:
    reused = Step("a", Action.REUSE, "", "a")

    assert Schedule([reused, build("b", "a")], {}).next() == "b"


def test_a_failure_gives_up_all_descendants_and_nothing_else() -> None:
    schedule = Schedule([build("a"), build("b", "a"), build("c", "b"), build("other")], {})
    assert {schedule.next(), schedule.next()} == {"a", "other"}

    assert schedule.failed("a") == ("b", "c")
    schedule.succeeded("other")
    assert schedule.open == ()
    assert schedule.next() is None


def test_the_longest_way_to_the_end_goes_first() -> None:
    steps = [build("short"), build("long"), build("end", "long")]

    assert Schedule(steps, {"short": 1.0, "long": 1.0, "end": 9.0}).next() == "long"


def test_steps_of_one_length_are_in_alphabetical_order() -> None:
    schedule = Schedule([build("b"), build("a"), build("c")], {})

    assert [schedule.next() for _ in range(3)] == ["a", "b", "c"]


def test_a_chain_of_5000_steps_does_not_recurse() -> None:
    steps = [build("n0"), *(build(f"n{i}", f"n{i - 1}") for i in range(1, 5000))]
    schedule = Schedule(steps, {})

    done = 0
    while (node := schedule.next()) is not None:
        schedule.succeeded(node)
        done += 1

    assert done == 5000

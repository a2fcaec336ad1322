"""What goes and what stays, told from data alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from seeknal_ci.model.cleanup import DroppedEnvironment, DroppedTable, Left, Reason, StoredTable
from seeknal_ci.model.environment import Build, Environment, EnvironmentNode, Promotion
from seeknal_ci.retention import due, referred_to, unused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "transform__a__0123456789ab"


def build(id_: str = "b") -> Build:
    return Build(id_, "transform.a", NAME, (), 1, 0.1, NOON, "run-1")


def environment(name: str, *build_ids: str, expires_at: datetime | None = None) -> Environment:
    nodes = tuple(EnvironmentNode(f"transform.{one}", one, one) for one in build_ids)
    return Environment(name, name, "c1", False, "c0", "d", NOON, NOON, expires_at, nodes)


def promotion(id_: str, target: Environment) -> Promotion:
    head = (id_, target.name, None, target.commit, False, "d", "ada", (), NOON, NOON)
    return Promotion(*head, target.nodes)


def stay(_: object) -> bool:
    return False


def test_what_has_expired_goes_and_production_never_does() -> None:
    past, future = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)
    found = [
        environment("prod", expires_at=past),
        environment("now", expires_at=NOON),
        environment("later", expires_at=future),
        environment("kept"),
        environment("branch", expires_at=future),
    ]

    assert due(found, "prod", NOON, lambda one: one.name in ("branch", "prod")) == (
        DroppedEnvironment(found[4], Reason.BRANCH_GONE),
        DroppedEnvironment(found[1], Reason.EXPIRED),
    )


def test_builds_of_environments_and_of_the_newest_promotions_are_needed() -> None:
    promotions = [promotion(f"p{i}", environment("prod", f"b{i}")) for i in (4, 3, 2, 1)]

    needed = referred_to([environment("dev", "shown")], promotions, 3)

    assert needed == {"shown", "b4", "b3", "b2"}


def test_promotions_are_counted_for_each_production() -> None:
    promotions = [
        promotion("p3", environment("prod", "new")),
        promotion("p2", environment("prod", "old")),
        promotion("p1", environment("live", "other")),
    ]

    assert referred_to([], promotions, 1) == {"new", "other"}


def test_a_build_that_nothing_needs_goes() -> None:
    table = StoredTable(NAME, 10, build())

    assert unused([table], {"other"}, (), stay) == ((DroppedTable(table, Reason.UNUSED),), ())
    assert unused([table], {"b"}, (), stay) == ((), ())


def test_a_table_that_was_never_finished_goes() -> None:
    table = StoredTable(NAME, 10)

    assert unused([table], (), (), stay) == ((DroppedTable(table, Reason.UNFINISHED),), ())


@pytest.mark.parametrize(
    "name", ["notes", "transform__a", "transform__a__0123456789abc", "x__0123456789ab", "Ü__a__b"]
)
def test_what_has_another_name_is_somebody_elses(name: str) -> None:
    table = StoredTable(name, 10)

    assert unused([table], (), (), stay) == ((), (Left(name, "it was not made by seeknal-ci"),))


def test_a_view_is_somebody_elses_whatever_its_name() -> None:
    view = StoredTable(NAME, None, is_table=False)

    assert unused([view], (), (), stay)[0] == ()


def test_a_build_that_somebody_reads_stays_and_it_is_said_who() -> None:
    readers = (("analytics", "report"), ("dev", "a"))
    table = StoredTable(NAME, 10, build(), readers)

    assert unused([table], (), {("dev", "a")}, stay) == (
        (),
        (Left(NAME, "it is read by analytics.report"),),
    )
    assert unused([replace(table, readers=readers[1:])], (), {("dev", "a")}, stay)[1] == ()


def test_a_new_build_stays_and_a_half_made_one_does_not() -> None:
    table = StoredTable(NAME, 10, build())

    assert unused([table], (), (), lambda _: True) == (
        (),
        (Left(NAME, "it is new, and the next apply may use it"),),
    )
    assert unused([replace(table, build=None)], (), (), lambda _: True)[1] == ()

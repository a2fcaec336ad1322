"""Killed at any moment, production is wholly old or wholly new, and the next run finishes.

The program is killed before every step that it takes, and at moments spread over its work: a few of
them by default, and all, hundreds, with SEEKNAL_CI_TEST_LONG=1. Then `pytest -rP` says how many.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import ENGINES
from tests.support.kills import AtMoment, AtStep, Kill, every_step, moments
from tests.support.postgres import Server
from tests.support.program import Program
from tests.support.scenes import PROMOTE, Scene, copied, exported, scene
from tests.support.wholeness import Look, looking, wait_for_the_dead

LONG = bool(os.environ.get("SEEKNAL_CI_TEST_LONG"))
SEED = 20260209
APPLY, DELETE, COLLECT = ("apply", "dev"), ("env", "delete", "dev"), ("env", "gc")
FIRST_PROMOTION = "FIRST"


@dataclass(frozen=True, slots=True)
class Command:
    """What is killed, once the commands `first` have been run.

    `done` says whether it has done its work, and raises if that is done by half. In the long form
    it is killed at `moments` moments and, with those at its steps, at least `least` times.
    """

    arguments: tuple[str, ...]
    first: tuple[tuple[str, ...], ...]
    done: Callable[[Scene, Look], bool]
    moments: int
    least: int


def promoted(scene: Scene, look: Look) -> bool:
    """Whether production is wholly new; otherwise it is wholly old."""
    rows = look.shown("prod")
    ((commit,),) = look.query("SELECT \"commit\" FROM seeknal_ci.environment WHERE name = 'prod'")
    assert (rows, commit) in ((scene.before, scene.old), (scene.after, scene.new))
    return bool(commit == scene.new)


def rolled_back(scene: Scene, look: Look) -> bool:
    """Whether production is wholly old again."""
    return not promoted(scene, look)


def applied(scene: Scene, look: Look) -> bool:
    """Whether all of `dev` is there, and not none of it; production is as it was."""
    assert not promoted(scene, look)
    rows = look.shown("dev")
    assert rows in ({}, scene.after)
    return bool(rows)


def deleted(scene: Scene, look: Look) -> bool:
    """Whether `dev` is gone."""
    return not applied(scene, look)


def collected(scene: Scene, look: Look) -> bool:
    """Whether `dev` is gone, and with it all builds but those of production."""
    needed = look.query(
        "SELECT count(DISTINCT build_id) FROM seeknal_ci.promotion_node WHERE view IS NOT NULL"
    )
    return deleted(scene, look) and needed == look.query("SELECT count(*) FROM seeknal_ci.build")


COMMANDS = {
    "promote": Command(PROMOTE, (), promoted, moments=140, least=200),
    "apply": Command(APPLY, (), applied, moments=50, least=100),
    "rollback": Command(("rollback", FIRST_PROMOTION), (PROMOTE,), rolled_back, 20, least=40),
    "delete": Command(DELETE, (APPLY,), deleted, moments=20, least=40),
    "collect": Command(COLLECT, (APPLY,), collected, moments=20, least=40),
}


EVERYWHERE = tuple((name, engine) for engine in ENGINES for name in COMMANDS)
SOME = (
    ("promote", "duckdb"),
    ("apply", "duckdb"),
    ("delete", "duckdb"),
    ("promote", "postgres"),
    ("apply", "postgres"),
    ("rollback", "postgres"),
    ("collect", "postgres"),
)


@pytest.fixture(scope="module", params=ENGINES)
def server(request: pytest.FixtureRequest) -> Server | None:
    """The server of PostgreSQL, or None for DuckDB."""
    if request.param == "duckdb":
        return None
    found: Server = request.getfixturevalue("postgres")
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, server: Server | None) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("scene"), server) as one:
        yield one


@pytest.mark.parametrize(
    ("name", "server"), EVERYWHERE if LONG else SOME, indirect=["server"], scope="module"
)
def test_a_killed_command_is_all_or_nothing(name: str, made: Scene, server: Server | None) -> None:
    command = COMMANDS[name]
    arguments = [made.promotion if one == FIRST_PROMOTION else one for one in command.arguments]
    killed = unfinished = 0
    with copied(made.program, server) as ready:
        for first in command.first:
            ready.ok(*first, "--quiet")
        for number, kill in enumerate(_kills(command, arguments, ready, server)):
            with copied(ready, server) as program:
                killed += kill.kills(program, *arguments)
                try:
                    # Every second time the next run comes before PostgreSQL knows of the death.
                    if number % 2 == 0:
                        unfinished += not _is_whole(command, made, program)
                    _finishes(command, arguments, made, program)
                except AssertionError as error:
                    raise AssertionError(f"{kill}: {error}") from error
    sys.stdout.write(
        f"{name}: killed {killed} times, {unfinished} times seen before its work was done\n"
    )
    assert killed >= (command.least if LONG else 1)


def _kills(
    command: Command, arguments: list[str], ready: Program, server: Server | None
) -> list[Kill]:
    """All kills of the long form, or one at a step."""
    with copied(ready, server) as program:
        steps = every_step(program, *arguments)
    if LONG:
        with copied(ready, server) as program:
            return [*steps, *moments(program, command.moments, *arguments)]
    chosen = random.Random(f"{SEED} {command.arguments} {server is None}")
    # Which turn of a step is the last one depends on threads.
    return [chosen.choice([step for step in steps if step.turn == 1])]


def _is_whole(command: Command, made: Scene, program: Program) -> bool:
    """Whether the work is done, and no half of it is to be seen."""
    wait_for_the_dead(program)
    with looking(program) as look:
        look.check_whole()
        return command.done(made, look)


def _finishes(command: Command, arguments: list[str], made: Scene, program: Program) -> None:
    """The next run does what is left to do, and builds nothing anew."""
    built = "SELECT id, created_at FROM seeknal_ci.build"
    earlier = program.query(built)
    ended = program.run(*arguments)
    # What is deleted cannot be deleted again.
    assert ended.exit_code in ((0, 1) if command.arguments == DELETE else (0,)), ended.err
    assert _is_whole(command, made, program)
    running = "SELECT * FROM seeknal_ci.execution WHERE status = 'RUNNING'"
    assert program.query(running) == []
    assert command.arguments == COLLECT or set(earlier) <= set(program.query(built))
    _check_files(command, program)


def _check_files(command: Command, program: Program) -> None:
    """What production exports is there, and nothing beside it; of a branch, as long as it is."""
    assert len(exported(program)) == 2
    assert [path.name for path in (program.repo.path / "exports").iterdir()] == [
        "customer_enriched"
    ]
    branch = program.repo.path / "target/environments/dev"
    assert branch.exists() == (command.arguments == APPLY)


def test_a_promotion_killed_at_a_moment(made: Scene, server: Server | None) -> None:
    moment = random.Random(f"{SEED} {server is None}").uniform(0, 0.2)
    with copied(made.program, server) as program:
        AtMoment(moment, speaks=True).kills(program, *PROMOTE)
        _is_whole(COMMANDS["promote"], made, program)
        _finishes(COMMANDS["promote"], [*PROMOTE], made, program)


def test_what_a_killed_export_leaves_is_removed(made: Scene, server: Server | None) -> None:
    between_its_renames = AtStep("duckdb_export._put_in_place: made.rename(target)", 1)
    with copied(made.program, server) as program:
        assert between_its_renames.kills(program, *PROMOTE)
        assert len(list((program.repo.path / "exports").iterdir())) == 2
        program.ok(*PROMOTE)
        _check_files(COMMANDS["promote"], program)

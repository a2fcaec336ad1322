"""Kills of the program: before each of its steps, and at moments while it works."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.program import Program

SCRIPT = Path(__file__).with_name("killed_at.py")


@dataclass(frozen=True, slots=True)
class AtStep:
    """Before a step is taken for the nth time."""

    step: str
    turn: int

    def kills(self, program: Program, *arguments: str) -> bool:
        """Run the program; whether it came so far."""
        process = _started(program, _watched(program, self.step, self.turn, arguments))
        process.communicate()
        return process.returncode == -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class AtMoment:
    """After so many seconds; they are counted from the first line that it says, if it `speaks`."""

    seconds: float
    speaks: bool

    def kills(self, program: Program, *arguments: str) -> bool:
        """Run the program; whether it was still at it."""
        process = _started(program, [sys.executable, "-m", "seeknal_ci", *arguments])
        assert process.stderr is not None
        if self.speaks:
            process.stderr.readline()
        time.sleep(self.seconds)
        process.kill()
        process.communicate()
        return process.returncode == -signal.SIGKILL


Kill = AtStep | AtMoment


def every_step(program: Program, *arguments: str) -> list[AtStep]:
    """Run the program to its end; each step that it took, at its first and its last turn."""
    process = _started(program, _watched(program, "", 0, arguments))
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    turns = Counter(_steps_file(program).read_text(encoding="utf-8").splitlines())
    return [AtStep(step, turn) for step in turns for turn in sorted({1, turns[step]})]


def moments(program: Program, number: int, *arguments: str) -> list[Kill]:
    """Run the program to its end; so many moments, spread over the time that it worked.

    Of one that says nothing on the way, the first half is its imports.
    """
    process = _started(program, [sys.executable, "-m", "seeknal_ci", *arguments])
    assert process.stderr is not None
    began = time.monotonic()
    speaks = bool(process.stderr.readline())
    spoke = time.monotonic()
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    ended = time.monotonic()
    start, work = (0.0, ended - spoke) if speaks else ((ended - began) / 2, (ended - began) / 2)
    return [AtMoment(start + work * one / number, speaks) for one in range(number)]


def _started(program: Program, command: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=program.repo.path,
        env=program.environment(program.repo.path.parent),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _steps_file(program: Program) -> Path:
    return program.repo.path.parent / "steps"


def _watched(program: Program, step: str, turn: int, arguments: Sequence[str]) -> list[str]:
    script = [sys.executable, str(SCRIPT), str(_steps_file(program)), step, str(turn)]
    return [*script, *arguments]

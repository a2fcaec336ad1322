"""Runs the steps of a composite action as GitHub's runner does, without GitHub.

It knows only what action.yml may use: `shell: bash`, `env:`, and expressions that name an input, an
output of an earlier step, or a field of the `github` context listed in `ALLOWED_CONTEXT`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
ALLOWED_CONTEXT = ("token", "action_path")
FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE")


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step that was run, and the files it left."""

    id: str
    exit_code: int
    log: str
    files: Mapping[str, str]

    @property
    def outputs(self) -> Mapping[str, str]:
        """The outputs by the runner's rules."""
        return parse_runner_file(self.files["GITHUB_OUTPUT"])


@dataclass(frozen=True, slots=True)
class ActionRun:
    """The whole action: what a workflow sees of it."""

    steps: tuple[StepRun, ...]
    outputs: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        """Of the last step that ran."""
        return self.steps[-1].exit_code

    @property
    def log(self) -> str:
        """Everything that the steps printed."""
        return "".join(step.log for step in self.steps)

    @property
    def summary(self) -> str:
        """The job summary."""
        return "".join(step.files["GITHUB_STEP_SUMMARY"] for step in self.steps)


@dataclass(frozen=True, slots=True)
class ActionHarness:
    """An action in a folder, run by a runner whose files are below `temp`.

    `installed` replaces the step `install`: the environment at that path is put where the step
    would have made its own. Without it the step runs, and installs from PyPI.
    """

    folder: Path
    temp: Path
    workspace: Path
    installed: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, inputs: Mapping[str, str], **context: str) -> ActionRun:
        """Run the steps until one fails; `context` is the `github` context of expressions."""
        action = read_action(self.folder)
        given = {name: str(spec.get("default", "")) for name, spec in action["inputs"].items()}
        unknown = sorted(set(inputs) - set(given))
        if unknown:
            raise ValueError(f"action.yml has no inputs {unknown}")
        context = {"token": "", "action_path": str(self.folder), **context}
        # A default may name the context; an input's own value is never evaluated.
        given = {name: evaluate(value, context, {}, {}) for name, value in given.items()}
        given.update(inputs)
        outputs: dict[str, Mapping[str, str]] = {}
        steps: list[StepRun] = []
        for step in action["runs"]["steps"]:
            values = {
                name: evaluate(str(value), context, given, outputs)
                for name, value in step.get("env", {}).items()
            }
            steps.append(self._run_step(step, values, len(steps)))
            outputs[step["id"]] = steps[-1].outputs
            if steps[-1].exit_code:
                break
        results = {
            name: evaluate(spec["value"], context, given, outputs)
            for name, spec in action["outputs"].items()
        }
        return ActionRun(tuple(steps), results)

    def _run_step(self, step: Mapping[str, Any], values: Mapping[str, str], index: int) -> StepRun:
        folder = self.temp / "_runner_file_commands" / str(index)
        folder.mkdir(parents=True)
        files = {name: folder / name.lower() for name in FILES}
        for file in files.values():
            file.touch()
        script = folder / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        if step["id"] == "install" and self.installed is not None:
            home = self.temp / "seeknal-ci"
            home.mkdir(exist_ok=True)
            command = ["ln", "-sfn", str(self.installed), str(home / "venv")]
        done = subprocess.run(
            command,
            cwd=self.workspace,
            env={
                "GITHUB_ACTIONS": "true",
                "CI": "true",
                "RUNNER_OS": "Linux",
                **self.environ,
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_ACTION_PATH": str(self.folder),
                **{name: str(file) for name, file in files.items()},
                **values,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        left = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
        return StepRun(step["id"], done.returncode, done.stdout, left)


def read_action(folder: Path) -> dict[str, Any]:
    """The action's definition as plain data."""
    loaded = yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def evaluate(
    text: str,
    context: Mapping[str, str],
    inputs: Mapping[str, str],
    steps: Mapping[str, Mapping[str, str]],
) -> str:
    """`text` with its expressions replaced by their values."""

    def value(found: re.Match[str]) -> str:
        match found.group(1).split("."):
            case ["inputs", name]:
                return inputs[name]
            case ["steps", step, "outputs", name]:
                return steps.get(step, {}).get(name, "")
            case ["github", name] if name in ALLOWED_CONTEXT:
                return context[name]
        raise ValueError(f"action.yml may not use {found.group()}")

    return EXPRESSION.sub(value, text)


def parse_runner_file(text: str) -> dict[str, str]:
    """`NAME=value` and heredocs, as actions/runner reads them (FileCommandManager.cs)."""
    values: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line.split("<<", 1)
            if not name or not delimiter:
                raise ValueError(f"name and delimiter must not be empty: {line!r}")
            values[name] = "\n".join(_until(lines, delimiter))
        elif equals > 0:
            name, value = line.split("=", 1)
            values[name] = value
        else:
            raise ValueError(f"invalid format: {line!r}")
    return values


def _until(lines: Iterator[str], delimiter: str) -> list[str]:
    found: list[str] = []
    for line in lines:
        if line == delimiter:
            return found
        found.append(line)
    raise ValueError(f"matching delimiter not found: {delimiter!r}")

"""action.yml: its shape, and its steps run in bash as the runner runs them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.github.inputs import variable
from tests.support.action_harness import EXPRESSION, ActionHarness, evaluate, read_action

ROOT = Path(__file__).resolve().parents[2]
ACTION = read_action(ROOT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
STEP_KEYS = ("name", "id", "shell", "env", "run")
# How this machine reaches PyPI.
NETWORK = re.compile(r"(?i)(.*_proxy|SSL_CERT_.*|PIP_.*|UV_.*)$")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

INPUTS = [
    "command",
    "project",
    "config",
    "warehouse",
    "base",
    "head",
    "environment",
    "fail-on",
    "comment",
    "comment-id",
    "max-workers",
    "data-diff",
    "annotations",
    "summary",
    "report-file",
    "github-token",
    "api-url",
    "python-version",
]
OUTPUTS = [
    "has-changes",
    "has-breaking",
    "breaking-count",
    "non-breaking-count",
    "metadata-count",
    "environment",
    "schema",
    "plan-file",
    "plan-digest",
    "report-file",
    "comment-url",
    "promoted-commit",
    "result",
]

# Records how it was called, and answers with an output and a summary.
STUB = """\
#!/bin/sh
printf '%s\\n' "$@" > "$GITHUB_WORKSPACE/argv"
env -0 > "$GITHUB_WORKSPACE/environ"
printf 'result<<x\\n%s\\nx\\nschema=pr_42\\n' "$SEEKNAL_CI_INPUT_ENVIRONMENT" >> "$GITHUB_OUTPUT"
echo '# Report' >> "$GITHUB_STEP_SUMMARY"
exit "${STUB_EXIT:-0}"
"""

HOSTILE = (
    "feat/$(touch F)",
    "feat/`touch F`",
    '"; touch F; "',
    "'; touch F; '",
    "a\ntouch F\n",
    "$SEEKNAL_CI_INPUT_COMMAND",
    "${{ github.token }}",
    "${IFS}touch${IFS}F",
    "%0A::set-output name=x::y",
    "::error::hi",
    "--help",
    "*",
)


def harness(folder: Path, stub: str = STUB, **environ: str) -> ActionHarness:
    """The action with a stub in the place of seeknal-ci."""
    for name in ("temp", "workspace"):
        (folder / name).mkdir()
    script = folder / "stub" / "bin" / "seeknal-ci"
    script.parent.mkdir(parents=True)
    script.write_text(stub, encoding="utf-8")
    script.chmod(0o755)
    return ActionHarness(
        folder=ROOT,
        temp=folder / "temp",
        workspace=folder / "workspace",
        installed=folder / "stub",
        environ={"PATH": SYSTEM_PATH, **environ},
    )


def recorded(folder: Path) -> tuple[list[str], dict[str, str]]:
    """What the stub was called with."""
    argv = (folder / "workspace" / "argv").read_text(encoding="utf-8").splitlines()
    entries = (folder / "workspace" / "environ").read_text(encoding="utf-8").split("\0")
    return argv, dict(entry.split("=", 1) for entry in entries if entry)


def test_inputs_and_outputs_are_those_of_the_contract() -> None:
    assert list(ACTION["inputs"]) == INPUTS
    assert list(ACTION["outputs"]) == OUTPUTS
    assert all(spec["description"] for spec in [*ACTION["inputs"].values()])
    assert all(spec["description"] for spec in [*ACTION["outputs"].values()])
    assert {type(spec["default"]) for spec in ACTION["inputs"].values()} == {str}


def test_it_is_composite_and_uses_nobody_elses_action() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert [step["id"] for step in STEPS] == ["install", "run"]
    assert {step["shell"] for step in STEPS} == {"bash"}
    assert [key for step in STEPS for key in step if key not in STEP_KEYS] == []


def test_no_expression_is_pasted_into_a_script() -> None:
    assert [step["id"] for step in STEPS if "${{" in step["run"]] == []


def test_nothing_is_left_in_the_environment_of_later_steps() -> None:
    scripts = "".join(step["run"] for step in STEPS)
    assert re.findall(r"GITHUB_ENV|GITHUB_PATH|set-env|add-path|sudo", scripts) == []


def test_every_input_reaches_the_step_that_needs_it() -> None:
    given = {name: text for step in STEPS for name, text in step["env"].items()}
    assert given == {variable(name): f"${{{{ inputs.{name} }}}}" for name in INPUTS}
    assert [step["id"] for step in STEPS if variable("python-version") in step["env"]] == [
        "install"
    ]


def test_every_output_is_the_programs_own() -> None:
    values = {name: spec["value"] for name, spec in ACTION["outputs"].items()}
    assert values == {name: f"${{{{ steps.run.outputs.{name} }}}}" for name in OUTPUTS}


def test_expressions_are_few_and_plain() -> None:
    text = re.sub(r"(?m)^\s*#.*$", "", (ROOT / "action.yml").read_text(encoding="utf-8"))
    for found in EXPRESSION.findall(text):
        assert re.fullmatch(r"github\.token|inputs\.[a-z-]+|steps\.run\.outputs\.[a-z-]+", found)
    with pytest.raises(ValueError, match="may not use"):
        evaluate("${{ github.head_ref }}", {}, {}, {})


def test_the_program_is_called_and_answers(tmp_path: Path) -> None:
    run = harness(tmp_path).run({"environment": "pr_42"}, token="ghs_x")  # noqa: S106
    argv, environ = recorded(tmp_path)
    assert run.exit_code == 0, run.log
    assert argv == ["action"]
    assert environ["SEEKNAL_CI_INPUT_COMMAND"] == "auto"
    assert environ[variable("github-token")] == "ghs_x"
    assert run.outputs["result"] == "pr_42"
    assert run.outputs["schema"] == "pr_42"
    assert run.outputs["comment-url"] == ""
    assert run.summary == "# Report\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_inputs_are_only_values(tmp_path: Path, text: str) -> None:
    names = [name for name in INPUTS if name != "python-version"]
    run = harness(tmp_path).run(dict.fromkeys(names, text))
    argv, environ = recorded(tmp_path)
    assert run.exit_code == 0, run.log
    assert argv == ["action"]
    assert {environ[variable(name)] for name in names} == {text}
    assert run.outputs["result"] == text
    assert sorted(path.name for path in (tmp_path / "workspace").iterdir()) == ["argv", "environ"]


@pytest.mark.parametrize("exit_code", [1, 3, 70])
def test_the_exit_code_is_the_programs_and_outputs_are_kept(tmp_path: Path, exit_code: int) -> None:
    run = harness(tmp_path, STUB_EXIT=str(exit_code)).run({})
    assert run.exit_code == exit_code
    assert run.outputs["schema"] == "pr_42"


def test_the_users_python_settings_do_not_reach_it(tmp_path: Path) -> None:
    harness(tmp_path, PYTHONPATH="/evil", PYTHONHOME="/evil").run({})
    assert {"PYTHONPATH", "PYTHONHOME"}.isdisjoint(recorded(tmp_path)[1])


@pytest.mark.parametrize("version", ["$(touch F)", "3", "2.7", "3.13; touch F", "--help", "3.13\n"])
def test_a_python_version_that_is_none(tmp_path: Path, version: str) -> None:
    action = harness(tmp_path)
    run = installing(action).run({"python-version": version})
    assert [step.id for step in run.steps] == ["install"]
    assert run.exit_code == 1
    assert run.log == "::error title=seeknal-ci::python-version must be like 3.13\n"
    assert list(action.workspace.iterdir()) == []


def test_windows_is_told_so(tmp_path: Path) -> None:
    run = installing(harness(tmp_path, RUNNER_OS="Windows")).run({})
    assert run.exit_code == 1
    assert "::error title=seeknal-ci::there is no support for Windows" in run.log


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    run = installing(harness(tmp_path)).run({"python-version": "3.99"})
    assert run.exit_code == 1
    assert "python3.99 is missing or older than 3.11" in run.log


def test_a_second_use_in_a_job_installs_nothing(tmp_path: Path) -> None:
    action = harness(tmp_path)
    home = action.temp / "seeknal-ci"
    home.mkdir()
    (home / "venv").symlink_to(tmp_path / "stub")
    (home / "installed").write_text(f"{ROOT} 3.13\n", encoding="utf-8")
    run = installing(action).run({"python-version": "3.13"})
    assert run.exit_code == 0, run.log
    assert recorded(tmp_path)[0] == ["action"]
    assert run.steps[0].log == ""


@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("SEEKNAL_CI_TEST_INSTALL") != "1",
    reason="installs from PyPI: set SEEKNAL_CI_TEST_INSTALL=1",
)
@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_it_installs_itself(tmp_path: Path, tool: str) -> None:
    python = Path(sys._base_executable).parent  # type: ignore[attr-defined]
    folders = [str(ROOT / ".venv" / "uv" / "bin")] if tool == "uv" else []
    action = harness(
        tmp_path,
        PATH=":".join([*folders, str(python), SYSTEM_PATH]),
        HOME=str(tmp_path),
        PYTHONPATH=str(tmp_path / "workspace"),
        **{name: text for name, text in os.environ.items() if NETWORK.match(name)},
    )
    # What a pull request may have put into the workspace, to be run or obeyed by the installer.
    for name in ("venv.py", "pip.py", "seeknal_ci.py", "sitecustomize.py"):
        (action.workspace / name).write_text("raise SystemExit('taken over')", encoding="utf-8")
    (action.workspace / "uv.toml").write_text("no-index = true", encoding="utf-8")
    run = installing(action).run({})
    assert run.steps[0].exit_code == 0, run.log
    assert "taken over" not in run.log
    for step in run.steps:
        assert (step.files["GITHUB_ENV"], step.files["GITHUB_PATH"]) == ("", "")
    venv = action.temp / "seeknal-ci" / "venv"
    assert (venv / "bin" / "seeknal-ci").exists()
    found = sorted(path.name for path in venv.glob("lib/python3*/site-packages/seeknal_ci*"))
    assert found == ["seeknal_ci", "seeknal_ci-0.1.0.dist-info"]
    assert list(venv.glob("lib/python3*/site-packages/github"))


def installing(action: ActionHarness) -> ActionHarness:
    """The same action with its own install step."""
    return ActionHarness(
        folder=action.folder,
        temp=action.temp,
        workspace=action.workspace,
        environ=action.environ,
    )

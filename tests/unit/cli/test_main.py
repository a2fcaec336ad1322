"""How the program ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.cli.main import COMMANDS, SUMMARIES, cli, run

NOT_FOR_HOOKS = ("duckdb", "jinja2", "rich", "psycopg", "github", "requests", "tenacity")


def test_every_command_has_a_line_of_help_and_one_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert set(COMMANDS) == set(SUMMARIES)
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert name in listed
        assert run([name, "--help"]) == 0
    assert cli.name == "cli"


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["diff", "--no-such"], ["apply", "--max-workers", "0"]]
)
def test_misuse_ends_in_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Usage" in capsys.readouterr().err


def test_what_a_user_can_mend_ends_in_1_with_three_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["diff"]) == 1

    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error: ")
    assert lines[-1].startswith("  fix: ")


def test_a_bug_ends_in_70_with_a_report_to_paste(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "diff", ("seeknal_ci.no_such_module", "diff"))

    assert run(["diff"]) == 70

    report = capsys.readouterr().err
    assert "bug in seeknal-ci" in report
    assert "ModuleNotFoundError" in report
    assert "Traceback" not in report


def test_a_hook_loads_nothing_that_it_does_not_need() -> None:
    """Before it is known that a pipeline's file is staged, not even YAML and SQL are loaded."""
    code = (
        "import sys; import seeknal_ci.cli.main, seeknal_ci.cli.hook, seeknal_ci.commands.staged;"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({*NOT_FOR_HOOKS, "yaml", "sqlglot", "pydantic"})

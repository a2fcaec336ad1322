"""Outputs, summary and masks, read back by the runner's rules."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeknal_ci.github.outputs import (
    SHORTENED,
    SUMMARY_BYTES,
    RunnerFiles,
    heredoc,
    mask_secrets,
    runner_files,
    shorten,
)
from tests.support.action_harness import parse_runner_file

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)
# The runner ends lines at \n alone; GitHub's files are UTF-8, which has no lone surrogates.
VALUES = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(NAMES, VALUES))
def test_the_runner_reads_back_what_was_written(values: dict[str, str]) -> None:
    text = "".join(heredoc(name, value) for name, value in values.items())
    assert parse_runner_file(text) == values


@pytest.mark.parametrize(
    "value",
    ["", "\n", "a\n", "EOF", "x<<EOF\nevil=1\nEOF", "a=b", "%0Aevil=1", "$(touch F)", "a\r\nb"],
)
def test_hostile_values_stay_one_value(tmp_path: Path, value: str) -> None:
    files = RunnerFiles(output=tmp_path / "output")
    files.write_outputs({"schema": value, "result": "ok"})
    text = (tmp_path / "output").read_bytes().decode()
    assert parse_runner_file(text) == {"schema": value, "result": "ok"}


def test_a_delimiter_that_occurs_in_the_value_is_not_used() -> None:
    drawn = iter(["one", "two", "three"])
    value = "seeknal-ci-one\nevil=1\nxseeknal-ci-twox"
    text = heredoc("name", value, lambda: next(drawn))
    assert text.startswith("name<<seeknal-ci-three\n")
    assert parse_runner_file(text) == {"name": value}


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a<<b", "a\nb", "1a"])
def test_a_name_that_could_be_misread_is_a_bug(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of an output"):
        heredoc(name, "x")


def test_outputs_are_appended_on_a_line_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_text("theirs=1", encoding="utf-8")
    RunnerFiles(output=path).write_outputs({"ours": "2"})
    assert parse_runner_file(path.read_text(encoding="utf-8")) == {"theirs": "1", "ours": "2"}


def test_a_file_name_that_is_no_utf8_can_be_written(tmp_path: Path) -> None:
    RunnerFiles(output=tmp_path / "output").write_outputs({"plan-file": "a\udcff.json"})
    text = (tmp_path / "output").read_text(encoding="utf-8")
    assert parse_runner_file(text) == {"plan-file": "a?.json"}


def test_without_a_runner_nothing_happens(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone" / "file")
    for environ in ({}, {"GITHUB_OUTPUT": gone, "GITHUB_STEP_SUMMARY": gone}):
        files = runner_files(environ)
        assert files == RunnerFiles()
        files.write_outputs({"a": "b"})
        files.write_summary("# Report")
    assert list(tmp_path.iterdir()) == []


def test_the_summary_is_appended(tmp_path: Path) -> None:
    environ = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    runner_files(environ).write_summary("# One\n")
    runner_files(environ).write_summary("# Two\n")
    assert (tmp_path / "summary").read_text(encoding="utf-8") == "# One\n# Two\n"


def test_all_summaries_of_a_step_share_one_limit(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("x" * (SUMMARY_BYTES - 1000), encoding="utf-8")
    RunnerFiles(summary=path).write_summary("word\n\n" * 1000)
    RunnerFiles(summary=path).write_summary("word\n\n" * 1000)
    text = path.read_text(encoding="utf-8")
    assert SUMMARY_BYTES - 20 < len(text) <= SUMMARY_BYTES
    assert text.count(SHORTENED.strip()) == 1


@pytest.mark.parametrize(
    "block",
    [
        "```sql\nselect 1\n\nselect 2\n```",
        "````\n```\n\n```\n````",
        "~~~\n```\n\n~~~",
        "<details><summary>x</summary>\n\ntext\n\n</details>",
        "| a |\n|---|\n| 1 |\n| 2 |",
        "<details>\n\n```\n</details>\n\n```\n\n</details>",
        "```\none\u2028```\u2028\n\ntwo\n```",
    ],
)
def test_nothing_is_cut_inside_a_block(block: str) -> None:
    text = f"# Title\n\nverdict\n\n{block}\n\n{block}\n\nend\n"
    whole = {
        f"# Title\n\nverdict\n{tail}" for tail in ("", f"\n{block}\n", f"\n{block}\n\n{block}\n")
    }
    for limit in range(len(SHORTENED) + 20, len(text.encode())):
        short = shorten(text, limit)
        assert len(short.encode()) <= limit
        assert short.removesuffix(SHORTENED) in whole


@given(st.text(st.sampled_from("a\n`~<details>/ é"), max_size=200), st.integers(-5, 250))
def test_a_limit_is_a_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit).encode()) <= max(limit, 0)


def test_masks_of_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    mask_secrets(["p%ss", "two\nlines", "", " "], stream)
    assert stream.getvalue().splitlines() == [
        "::add-mask::p%25ss",
        "::add-mask::two%0Alines",
        "::add-mask::two",
        "::add-mask::lines",
    ]
    assert capsys.readouterr().out == ""

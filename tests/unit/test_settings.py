"""One frozen value from flags, environment and file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.category import Category
from seeknal_ci.settings import CONFIG_FILE, Settings, load_settings

RULES = frozenset({"column-removed-unused", "column-type-widened"})


def load(folder: Path, text: str = "", **environ: str) -> Settings:
    if text:
        (folder / CONFIG_FILE).write_text(text, encoding="utf-8")
    return load_settings(folder, "", RULES, environ)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings(root=tmp_path)


def test_every_key_of_the_file_is_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
main_branch: trunk
warehouse: ${SEEKNAL_CI_WH:duckdb:///w.duckdb}
production: live
dialect: duckdb
workers: 8
environments: {ttl: 12h}
rules: {column-removed-unused: NON_BREAKING}
promote: {breaking: block}
retry: {max: 1, backoff: 250ms}
comment: {template: comment.md.j2}
""",
    )

    assert settings == Settings(
        root=tmp_path,
        main_branch="trunk",
        warehouse="duckdb:///w.duckdb",
        production="live",
        workers=8,
        environment_ttl=timedelta(hours=12),
        severities={"column-removed-unused": Category.NON_BREAKING},
        breaking="block",
        retries=1,
        backoff_seconds=0.25,
        comment_template="comment.md.j2",
    )


def test_flags_beat_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text("workers: 2\nproduction: live\n", encoding="utf-8")
    environ = {"SEEKNAL_CI_WORKERS": "3", "SEEKNAL_CI_WAREHOUSE": "duckdb:///e.duckdb"}

    settings = load_settings(
        tmp_path, "", RULES, environ, {"workers": 5, "warehouse": None, "lock_timeout": None}
    )

    assert (settings.workers, settings.warehouse) == (5, "duckdb:///e.duckdb")
    assert settings.production == "live"


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("worker: 2\n", "`worker` is no setting", "did you mean `workers`?"),
        ("retry: {maximum: 2}\n", "`retry.maximum` is no setting", "did you mean `max`?"),
        (
            "rules: {column-removd-unused: BREAKING}\n",
            "`column-removd-unused` is no rule",
            "unused",
        ),
        (
            "rules: {column-type-widened: METADATA}\n",
            "`METADATA` is no category of a rule",
            "use one of BREAKING",
        ),
        ("environments: {ttl: soon}\n", "it is no length of time", "such as 30s"),
        ("data_diff: ful\n", "`data_diff.level` cannot be the text `ful`", "`full`?"),
        ("data_diff: {levle: full}\n", "`data_diff.levle` is no setting", "`level`?"),
        ("data_diff: {timeout: 0s}\n", "0s is no time to compare in", "from 1ms to 1d"),
        ("data_diff: {max_rows: -1}\n", "`data_diff.max_rows` is the number -1", "at least 0"),
        ("workers: 0\n", "`workers` is the number 0", "at least 1"),
        ("warehouse: ${NOWHERE}\n", "the environment variable NOWHERE is not set", "${NOWHERE:"),
        ("workers: [\n", "no valid YAML", "close it"),
        ("- a list\n", "the file should be a mapping", "key: value"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_with_its_line(
    tmp_path: Path, text: str, what: str, fix: str
) -> None:
    with pytest.raises(SeeknalCiError) as raised:
        load(tmp_path, text)

    assert what in raised.value.what
    assert fix in raised.value.fix
    assert str(raised.value.where).startswith(CONFIG_FILE)


@pytest.mark.parametrize("level", ["off", "counts", "full"])
def test_a_level_of_the_data_diff_may_stand_alone(tmp_path: Path, level: str) -> None:
    assert load(tmp_path, f"data_diff: {level}\n").data_diff == level
    assert load(tmp_path, SEEKNAL_CI_DATA_DIFF=level).data_diff == level


def test_what_a_full_comparison_may_cost_is_configured(tmp_path: Path) -> None:
    text = "data_diff: {level: full, max_rows: 500, timeout: 90s}\n"
    assert load(tmp_path, text) == Settings(
        root=tmp_path, data_diff="full", data_diff_rows=500, data_diff_seconds=90.0
    )


def test_a_level_that_is_none_is_refused_in_the_environment(tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError, match="SEEKNAL_CI_DATA_DIFF is 'some'"):
        load(tmp_path, SEEKNAL_CI_DATA_DIFF="some")


def test_the_place_of_what_is_wrong_is_that_of_the_key_above_it(tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError) as raised:
        load(tmp_path, "workers: 2\ndata_diff: ful\n")
    assert raised.value.where == f"{CONFIG_FILE}:2:1"


def test_a_number_in_the_environment_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError, match="SEEKNAL_CI_WORKERS"):
        load(tmp_path, SEEKNAL_CI_WORKERS="many")


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "# nothing yet\n") == Settings(root=tmp_path)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"HOME": "/home/me"}, "/home/me/.cache/seeknal-ci"),
        ({"USERPROFILE": "/users/me"}, "/users/me/.cache/seeknal-ci"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/tmp/c"}, "/tmp/c/seeknal-ci"),  # noqa: S108
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "relative"}, "/home/me/.cache/seeknal-ci"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": ""}, "/home/me/.cache/seeknal-ci"),
        ({"HOME": "/home/me", "SEEKNAL_CI_CACHE_DIR": "/there"}, "/there"),
        ({"HOME": "/home/me", "SEEKNAL_CI_CACHE": "on"}, "/home/me/.cache/seeknal-ci"),
        ({"HOME": "/home/me", "SEEKNAL_CI_CACHE": "off"}, None),
        ({"SEEKNAL_CI_CACHE_DIR": "/there", "SEEKNAL_CI_CACHE": "off"}, None),
    ],
)
def test_the_cache_is_where_the_environment_says(
    tmp_path: Path, environ: dict[str, str], expected: str | None
) -> None:
    found = load(tmp_path, **environ).cache
    assert found == (None if expected is None else Path(expected))


def test_a_switch_of_the_cache_that_is_no_switch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError, match="SEEKNAL_CI_CACHE is 'maybe'"):
        load(tmp_path, SEEKNAL_CI_CACHE="maybe")

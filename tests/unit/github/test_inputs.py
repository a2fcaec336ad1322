"""The action's inputs, from the environment."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.inputs import Inputs, read_inputs, variable
from tests.support.action_harness import read_action

ROOT = Path(__file__).resolve().parents[3]


def test_nothing_given() -> None:
    inputs = read_inputs({})
    assert (inputs.command, inputs.project, inputs.comment_id) == ("auto", ".", "default")
    assert (inputs.comment, inputs.annotations, inputs.summary) == (True, True, True)
    assert (inputs.base, inputs.warehouse, inputs.max_workers) == (None, None, None)


def test_the_defaults_of_the_action_are_those_of_nothing_given() -> None:
    specs = read_action(ROOT)["inputs"]
    given = {variable(name): spec["default"] for name, spec in specs.items()}
    del given["SEEKNAL_CI_INPUT_GITHUB_TOKEN"]
    assert read_inputs(given) == read_inputs({})


def test_every_input_of_the_action_is_read() -> None:
    names = {field.name.replace("_", "-") for field in fields(Inputs)}
    # Which Python to install is decided before there is one that could read it.
    assert set(read_action(ROOT)["inputs"]) - names == {"python-version"}
    assert names <= set(read_action(ROOT)["inputs"])


def test_all_given() -> None:
    inputs = read_inputs(
        {
            "SEEKNAL_CI_INPUT_COMMAND": "apply",
            "SEEKNAL_CI_INPUT_BASE": "feat/$(touch F)",
            "SEEKNAL_CI_INPUT_FAIL_ON": "non_breaking",
            "SEEKNAL_CI_INPUT_COMMENT": "False",
            "SEEKNAL_CI_INPUT_MAX_WORKERS": "8",
            "SEEKNAL_CI_INPUT_DATA_DIFF": "full",
            "SEEKNAL_CI_INPUT_REPORT_FILE": "out/report.json",
            "GITHUB_API_URL": "https://github.example/api/v3",
        }
    )
    assert (inputs.command, inputs.base, inputs.fail_on) == (
        "apply",
        "feat/$(touch F)",
        "non_breaking",
    )
    assert (inputs.comment, inputs.max_workers, inputs.data_diff) == (False, 8, "full")
    assert inputs.report_file == "out/report.json"
    assert inputs.api_url == "https://github.example/api/v3"


def test_secrets_are_not_in_the_repr() -> None:
    inputs = read_inputs(
        {
            "SEEKNAL_CI_INPUT_WAREHOUSE": "postgresql://me:hush@db/x",
            "SEEKNAL_CI_INPUT_GITHUB_TOKEN": "ghs_hush",
        }
    )
    assert inputs.warehouse == "postgresql://me:hush@db/x"
    assert "hush" not in repr(inputs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fail-on", "everything"),
        ("data-diff", "everything"),
        ("comment", "yes"),
        ("max-workers", "0"),
        ("max-workers", "-1"),
        ("max-workers", "٣"),
        ("max-workers", "9" * 5000),
    ],
)
def test_a_value_that_an_input_does_not_take(name: str, value: str) -> None:
    with pytest.raises(SeeknalCiError) as caught:
        read_inputs({variable(name): value})
    assert caught.value.where == f"the action's input `{name}`"

"""Every rule has its page, and `explain` prints it."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from seeknal_ci.classify.context import Rule
from seeknal_ci.classify.rules import RULES
from seeknal_ci.cli.explain import explain
from seeknal_ci.commands.explain import page

HEADINGS = ["Why it matters", "Example", "What to do", "How to configure it"]


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_page_tells_problem_example_fix_and_configuration(rule: Rule) -> None:
    text = page(rule.id)
    assert text.startswith(f"# {rule.id}\n\n**{rule.category.name}**. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    assert f"rules: {{{rule.id}: " in text


def test_it_prints_the_page_of_a_rule() -> None:
    done = CliRunner().invoke(explain, ["column-removed", "--no-color"], standalone_mode=False)
    assert done.return_value == 0
    assert done.output.startswith("column-removed\n\nBREAKING. A column that is gone")
    assert "\n    -    customer_id,\n" in done.output
    assert "```" not in done.output


def test_without_a_rule_it_lists_them_all() -> None:
    done = CliRunner().invoke(explain, ["--no-color"], standalone_mode=False)
    listed = re.findall(r"^([a-z-]+) +([A-Z_]+)$", done.output, re.MULTILINE)
    assert sorted(listed) == sorted((rule.id, rule.category.name) for rule in RULES)


def test_a_rule_that_is_none_is_wrong_usage_with_the_nearest() -> None:
    done = CliRunner().invoke(explain, ["colum-removed"])
    assert done.exit_code == 2
    assert "did you mean `column-removed`?" in done.output

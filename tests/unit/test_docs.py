"""What the documentation lists is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seeknal_ci.classify.rules import RULES
from seeknal_ci.cli.main import COMMANDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROOT = DOCS.parent


def test_every_rule_is_in_the_table_with_its_category() -> None:
    text = (DOCS / "classification.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\(rules/\1\.md\) \| ([A-Z_]+) \|", text, re.MULTILINE)

    assert [row for row in listed if "-" in row[0]] == [(r.id, r.category.name) for r in RULES]


def test_every_command_is_documented() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")

    assert [name for name in COMMANDS if f"`{name}" not in text] == []


@pytest.mark.parametrize("page", sorted(p.name for p in DOCS.glob("*.md")))
def test_every_link_leads_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", text)

    assert [target for target in targets if not (DOCS / target).exists()] == []


def test_the_readme_links_to_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [p.name for p in DOCS.glob("*.md") if f"docs/{p.name}" not in text] == []

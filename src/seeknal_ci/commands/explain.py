"""`seeknal-ci explain`: the page of a rule, as `docs/rules/` has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seeknal_ci.classify.rules import RULES
from seeknal_ci.render.palette import Palette

PACKAGE = Path(__file__).resolve().parents[1]
# Where a wheel has the pages, and where a checkout has them.
FOLDERS = (PACKAGE / "rules", PACKAGE.parents[1] / "docs" / "rules")
FENCE = "```"


def page(rule: str) -> str:
    """The Markdown of a rule that there is."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    return (folder / f"{rule}.md").read_text(encoding="utf-8")


def explained(rule: str, palette: Palette) -> str:
    """The page of a rule for a terminal: headings stand out, examples are indented."""
    return "\n".join(_lines(page(rule), palette)) + "\n"


def listed(palette: Palette) -> str:
    """All rules, a line each, with their categories."""
    width = max(len(rule.id) for rule in RULES)
    lines = [
        f"{rule.id:<{width}}  {palette.category(rule.category)}"
        for rule in sorted(RULES, key=lambda rule: (-rule.category, rule.id))
    ]
    return "\n".join([*lines, "", "seeknal-ci explain RULE says more of one."]) + "\n"


def _lines(text: str, palette: Palette) -> Iterator[str]:
    example = False
    for line in text.rstrip().splitlines():
        if line.startswith(FENCE):
            example = not example
        elif example:
            yield f"    {_painted(line, palette)}"
        elif line.startswith("#"):
            yield palette.strong(line.lstrip("# "))
        else:
            yield line.replace("**", "")


def _painted(line: str, palette: Palette) -> str:
    if line.startswith("+"):
        return palette.good(line)
    return palette.bad(line) if line.startswith("-") else line

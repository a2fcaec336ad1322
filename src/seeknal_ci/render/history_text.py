"""Promotions and rollbacks for people."""

from __future__ import annotations

from collections.abc import Sequence

from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import RULE, Palette
from seeknal_ci.render.wording import moment, plural, short

SHOWN = 12


def history_text(
    promotions: Sequence[Promotion], production: Environment | None, *, color: bool = False
) -> str:
    """A line a promotion, the newest first; what production shows now is marked."""
    palette = Palette(color)
    lines = palette.title("Promotions")
    if not promotions:
        return "\n".join([*lines, "  None yet: `seeknal-ci promote` makes one."]) + "\n"
    marked = False
    for promotion in promotions:
        shown = not marked and production is not None and promotion.nodes == production.nodes
        marked = marked or shown
        came = "nothing" if promotion.from_commit is None else short(promotion.from_commit)
        lines.append(
            f"{'* ' if shown else '  '}{terminal(promotion.id)}  {moment(promotion.finished_at)}  "
            f"{came} → {short(promotion.to_commit)}  {plural(len(promotion.nodes), 'node')}  "
            f"by {terminal(promotion.actor)}"
        )
        lines += [
            palette.faint(f"      accepted {terminal(a.node)} by {terminal(a.by)}")
            for a in promotion.acknowledgements
        ]
    lines += ["", "* is what production shows. `seeknal-ci rollback ID` goes back to another."]
    return "\n".join(lines) + "\n"


def rollback_text(
    before: Environment,
    target: Promotion,
    moved: Sequence[str],
    files: Sequence[str],
    promotion: Promotion | None,
    *,
    dry_run: bool,
    color: bool = False,
) -> str:
    """Which nodes go back, which files do not, and how the rollback is recorded."""
    palette = Palette(color)
    name = terminal(before.name)
    lines = [
        *palette.title(f"Rolling Back: {name}"),
        f"  Commit: {short(before.commit)} → {short(target.to_commit)}",
        f"  Promotion: {terminal(target.id)}, of {moment(target.finished_at)}",
        f"  {plural(len(moved), 'node')} shown as they were then",
        *(f"    {terminal(node)}" for node in moved[:SHOWN]),
    ]
    if len(moved) > SHOWN:
        lines.append(f"    and {len(moved) - SHOWN} more")
    if files:
        lines.append(palette.caution("  ⚠ Files written since stay as they are:"))
        lines += [f"    {terminal(file)}" for file in files]
    lines.append(RULE)
    if promotion is not None:
        lines.append(palette.good(f"✓ {name} is back at {short(target.to_commit)}"))
        lines.append(f"  recorded as promotion {terminal(promotion.id)}")
    elif dry_run:
        lines.append("Nothing was moved: this was a rehearsal.")
    else:
        lines.append(f"✓ {name} shows this already: nothing moved")
    return "\n".join(lines) + "\n"

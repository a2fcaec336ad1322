"""What a promotion did, for people."""

from __future__ import annotations

from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.model.report import Report
from seeknal_ci.model.run import RunReport
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.run_text import promotion_text, run_text
from seeknal_ci.render.wording import short


def promoted_text(
    run: RunReport,
    report: Report,
    promotion: Promotion | None,
    *,
    source: str | None = None,
    before: Environment | None = None,
    color: bool = False,
) -> str:
    """What was built on the way, and which commits production moved between.

    Without a promotion nothing was to move, or the run says what failed.
    """
    told = run_text(run, color=color)
    if promotion is not None:
        return f"{told}\n{promotion_text(promotion, report, source=source, color=color)}"
    if not run.published:
        return told
    held = short(before.commit if before else None)
    name = terminal(run.environment)
    return f"{told}{Palette(color).good(f'✓ {name} already holds {held}: nothing moved')}\n"

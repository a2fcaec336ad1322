"""What must hold before production moves. Each gate passes, or raises with what to do."""

from __future__ import annotations

from collections.abc import Iterable

from seeknal_ci.errors import GateError
from seeknal_ci.model.environment import Acknowledgement
from seeknal_ci.model.report import Impact, Report
from seeknal_ci.promote.acknowledge import unacknowledged


def check_descent(held: str, target: str, *, descends: bool, same_rows: bool) -> None:
    """The target must come after what production holds: nothing merged is ever taken back.

    A commit that makes the same rows takes nothing back either, as the squash of a branch that
    was promoted before it was merged.
    """
    if not (descends or same_rows):
        raise GateError(
            f"{target[:12]} does not descend from {held[:12]}, which production holds",
            fix=f"run `git merge {held[:12]}` here, and promote the result",
        )


def check_consumers(report: Report) -> None:
    """A node that the change breaks is not built, or means another thing, whatever anyone
    acknowledges.
    """
    broken = [d for d in report.downstream if d.impact is Impact.BREAKS]
    if broken:
        first = broken[0]
        more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
        raise GateError(
            f"the change breaks {first.node.id}: {first.message}{more}",
            where=str(first.place),
            fix=f"change {first.node.id} in the same pull request",
        )


def check_breaking(report: Report, policy: str, given: Iterable[Acknowledgement]) -> None:
    """BREAKING changes need an acknowledgement each, unless the project allows or blocks all."""
    if policy == "allow":
        return
    open_nodes = unacknowledged(report, () if policy == "block" else given)
    if not open_nodes:
        return
    named = ", ".join(open_nodes)
    if policy == "block":
        raise GateError(
            f"this project lets no BREAKING change into production: {named}",
            fix="make the change without breaking, or set `promote: breaking:` to acknowledge",
        )
    raise GateError(
        f"BREAKING changes that nobody has acknowledged: {named}",
        fix=f"add the trailer `Breaking-Change: {open_nodes[0]} <reason>` to a commit, "
        f"or pass --allow-breaking {open_nodes[0]}",
    )


def check_clean(dirty: bool, allowed: bool, environment: str) -> None:
    """What is promoted must be in git, so that it can be found again."""
    if dirty and not allowed:
        raise GateError(
            f"{environment} was built from changes that are not committed",
            fix="commit them and promote again (nothing is rebuilt), or pass --allow-dirty",
        )

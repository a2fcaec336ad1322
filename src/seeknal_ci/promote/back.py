"""Which promotion to go back to, and what production looks like then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment, Promotion

LISTED = "`seeknal-ci history` lists the promotions"


def chosen(production: Environment, promotions: Sequence[Promotion], name: str | None) -> Promotion:
    """The promotion of that id, or of the one id that begins so; without a name, the newest that
    left production with other rows than it shows now. `promotions` are the newest first.
    """
    ours = [p for p in promotions if p.environment == production.name]
    if name is None:
        earlier = [p for p in ours if p.nodes != production.nodes]
        if not earlier:
            raise SeeknalCiError(
                f"there is nothing to go back to: {production.name} never showed other rows",
                fix=LISTED,
            )
        return earlier[0]
    found = [p for p in ours if p.id == name] or [p for p in ours if p.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SeeknalCiError(
            f"{len(found)} promotions of {production.name} begin with `{name}`",
            fix=f"write more of the id, such as {found[0].id}",
        )
    close = get_close_matches(name, [p.id for p in ours], n=1)
    raise SeeknalCiError(
        f"{production.name} has no promotion `{name}`",
        fix=f"did you mean {close[0]}?" if close else LISTED,
    )


def environment_at(production: Environment, target: Promotion, now: datetime) -> Environment:
    """Production as the promotion left it."""
    return replace(
        production,
        commit=target.to_commit,
        dirty=target.dirty,
        digest=target.digest,
        updated_at=now,
        nodes=target.nodes,
    )


def require_builds(target: Promotion, whole: Collection[str]) -> None:
    """Raise unless every table that the promotion showed is still there."""
    gone = sorted(n.node for n in target.nodes if n.view is not None and n.build_id not in whole)
    if gone:
        more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
        raise SeeknalCiError(
            f"promotion {target.id} cannot be restored: the builds of {', '.join(gone[:3])}{more} "
            "are gone",
            fix=f"promote its commit again: git revert, or a branch at {target.to_commit}",
        )

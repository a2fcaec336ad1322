"""One run for people: a tree of what it is made of, and what failed in it by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from seeknal_ci.model.execution import Execution, ExecutionStatus, Level, RunSummary
from seeknal_ci.model.history import RunTree
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import RULE, Palette
from seeknal_ci.render.tree import Branch, draw_tree
from seeknal_ci.render.wording import duration, moment, plural, short

# So many nodes that were skipped for the same reason are named.
NAMED = 3
_WORDS = {
    ExecutionStatus.SUCCESS: "succeeded",
    ExecutionStatus.FAILED: "failed",
    ExecutionStatus.RUNNING: "running",
    ExecutionStatus.CRASHED: "crashed",
    ExecutionStatus.CANCELLED: "cancelled",
    ExecutionStatus.SKIPPED: "skipped",
}


def tree_text(tree: RunTree, *, color: bool = False) -> str:
    """A run's facts, its tree and the leaves of it that failed."""
    palette, run = Palette(color), tree.run
    below = tree.children
    branches = {parent: _branches(parent, below, palette) for parent in below}
    took = "" if run.seconds is None else f", {duration(run.seconds)}"
    lines = [
        *palette.title(f"Run: {terminal(run.id)}"),
        f"  Command: {terminal(run.command or '-')}",
        f"  Environment: {terminal(run.environment)}",
        f"  Commit: {short(run.commit)}",
        f"  Started: {moment(run.started_at)}",
        f"  Status: {status_text(run.status, palette)}{took}",
        *_promoted(tree),
        "",
        f"{terminal(run.command or '-')} {terminal(run.environment)}",
        *draw_tree(run.id, branches)[0],
        *_end(tree, palette),
    ]
    return "\n".join(lines) + "\n"


def status_text(status: ExecutionStatus, palette: Palette) -> str:
    """The status's own word, in its colour."""
    paint = {
        ExecutionStatus.SUCCESS: palette.good,
        ExecutionStatus.FAILED: palette.bad,
        ExecutionStatus.CRASHED: palette.bad,
        ExecutionStatus.RUNNING: palette.strong,
        ExecutionStatus.CANCELLED: palette.caution,
        ExecutionStatus.SKIPPED: palette.faint,
    }[status]
    return paint(status.value)


def node_counts(summary: RunSummary) -> str:
    """How many of a run's nodes ended how: `3 succeeded, 5 skipped`."""
    nodes = summary.nodes
    return ", ".join(f"{nodes[one]:,} {word}" for one, word in _WORDS.items() if nodes.get(one))


def error_text(execution: Execution) -> str:
    """What failed and why, in a line."""
    known = "" if execution.error_class is None else f"{execution.error_class}: "
    message = " ".join((execution.message or "no reason was given").split())
    name = "" if execution.pipeline is None else f"{execution.pipeline}: "
    return terminal(f"{name}{known}{message}")


def _branches(
    parent: str, below: Mapping[str, Sequence[Execution]], palette: Palette
) -> list[Branch]:
    """A branch for each child; those that were skipped come together, by their reason."""
    skipped: dict[str, list[str]] = defaultdict(list)
    branches = []
    for one in below[parent]:
        if one.status is ExecutionStatus.SKIPPED:
            skipped[one.skip_reason or "skipped"].append(one.pipeline or one.id)
        else:
            branches.append(_branch(one, palette, tells=one.id not in below))
    for reason, nodes in sorted(skipped.items()):
        named = ", ".join(terminal(node) for node in sorted(nodes)[:NAMED])
        some = named if len(nodes) <= NAMED else f"{len(nodes):,} nodes"
        status = status_text(ExecutionStatus.SKIPPED, palette)
        branches.append(Branch(f"{parent} {reason}", f"{some}  {status}: {reason}"))
    return branches


def _branch(one: Execution, palette: Palette, *, tells: bool) -> Branch:
    """The branch of an execution; it `tells` its error unless its own branches do."""
    name = {
        Level.ATTEMPT: f"attempt {one.attempt}",
        Level.PROMOTE: "the move of production",
    }.get(one.level, terminal(one.pipeline or "-"))
    facts = [status_text(one.status, palette)]
    if one.seconds is not None and one.level is not Level.PROMOTE:
        facts.append(duration(one.seconds))
    if one.status is ExecutionStatus.SUCCESS and one.total_rows is not None:
        reused = "" if one.rows_written == one.total_rows else ", made by another run"
        facts.append(f"{plural(one.total_rows, 'row')}{reused}")
    failed = tells and one.status is ExecutionStatus.FAILED
    details = tuple(terminal(line) for line in (one.message or "").splitlines()) if failed else ()
    known = f": {terminal(one.error_class)}" if failed and one.error_class else ""
    return Branch(one.id, f"{name}  {'  '.join(facts)}{known}", details)


def _promoted(tree: RunTree) -> Iterator[str]:
    if tree.promotion is not None:
        came = tree.promotion.from_commit
        before = "nothing" if came is None else short(came)
        who = terminal(tree.promotion.actor)
        yield f"  Promoted: {before} → {short(tree.promotion.to_commit)} by {who}"


def _end(tree: RunTree, palette: Palette) -> Iterator[str]:
    """What failed, by name."""
    run = tree.run
    leaves = [one for one in tree.leaves if one is not run]
    names = {one.id: one.pipeline for one in tree.executions}
    if leaves or run.message:
        yield RULE
    for leaf in leaves:
        name = leaf.pipeline or names.get(leaf.parent_id or "") or leaf.id
        tried = f", attempt {leaf.attempt}" if leaf.level is Level.ATTEMPT else ""
        known = f": {terminal(leaf.error_class)}" if leaf.error_class else ""
        yield f"{palette.bad('✗')} {terminal(name)}{tried} failed{known}"
    if not leaves and run.message:
        yield f"{palette.bad('✗')} {error_text(run)}"

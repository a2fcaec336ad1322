"""A clean-up as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.model.cleanup import Cleanup, DroppedEnvironment, DroppedTable, Reason
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.wording import byte_count, moment, plural


def cleanup_text(cleanup: Cleanup, *, color: bool = False) -> str:
    """What was dropped, or would be, with sizes; then what was left alone, and why."""
    palette = Palette(color)
    lines = palette.title("Clean-up: what would be dropped" if cleanup.dry_run else "Clean-up")
    if cleanup.environments:
        lines += ["", f"Environments ({len(cleanup.environments):,}):"]
        lines += [f"  {_environment(one)}" for one in cleanup.environments]
    if cleanup.tables:
        lines += ["", f"Builds ({len(cleanup.tables):,}, {byte_count(cleanup.bytes)}):"]
        lines += [f"  {_table(one)}" for one in cleanup.tables]
    lines += _left(cleanup, palette)
    return "\n".join([*lines, "", _end(cleanup, palette)]) + "\n"


def _environment(dropped: DroppedEnvironment) -> str:
    environment = dropped.environment
    if dropped.reason is Reason.BRANCH_GONE:
        why = f"its branch {terminal(environment.branch or '')} is gone"
    else:
        assert environment.expires_at is not None, "what has expired had a time to do so"
        why = f"expired {moment(environment.expires_at)}"
    return f"{terminal(environment.name)}: {why}"


def _table(dropped: DroppedTable) -> str:
    table, build = dropped.table, dropped.table.build
    size = "size unknown" if table.bytes is None else byte_count(table.bytes)
    if build is None:
        return f"{terminal(table.name)}: {size}, never finished"
    rows = plural(build.rows, "row")
    return f"{terminal(table.name)}: {size}, {rows}, built {moment(build.created_at)}"


def _left(cleanup: Cleanup, palette: Palette) -> Iterator[str]:
    if cleanup.left:
        yield ""
        yield f"Left alone ({len(cleanup.left):,}):"
    for left in cleanup.left:
        mark = f"{palette.bad('could not be dropped')}: " if left.failed else ""
        yield f"  {terminal(left.name)}: {mark}{terminal(left.why)}"


def _end(cleanup: Cleanup, palette: Palette) -> str:
    if not cleanup.environments and not cleanup.tables:
        return "There is nothing to drop." if not cleanup.failed else "Nothing was dropped."
    environments = plural(len(cleanup.environments), "environment")
    counted = f"{environments} and {plural(len(cleanup.tables), 'build')}"
    size = byte_count(cleanup.bytes)
    if cleanup.dry_run:
        return f"{counted} would be dropped: {size}. Without --dry-run they are."
    return f"{palette.good('✓')} {counted} dropped: {size}"

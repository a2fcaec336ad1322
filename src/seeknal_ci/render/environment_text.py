"""Environments as text for a terminal: all of them as a table, or one with its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from seeknal_ci.model.environment import Environment, Footprint
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.wording import byte_count, moment, overlap_text, short


def environments_text(
    environments: Sequence[Environment],
    footprints: Mapping[str, Footprint],
    *,
    now: datetime,
    color: bool = False,
) -> str:
    """A row an environment, and who changes the same nodes; `footprints` is by name."""
    palette = Palette(color)
    lines = palette.title("Environments")
    if not environments:
        return "\n".join([*lines, "  None yet: `seeknal-ci apply` makes one."]) + "\n"
    header = ["Environment", "Nodes", "Commit", "Last Updated", "Age", "Rows", "Size", "Status"]
    ordered = sorted(environments, key=lambda e: e.name)
    cells = [
        [
            terminal(environment.name),
            f"{len(environment.nodes):,}",
            _commit(environment),
            moment(environment.updated_at),
            _span(now - environment.created_at),
            f"{size.rows:,}",
            byte_count(size.bytes),
            _status(environment, now),
        ]
        for environment in ordered
        for size in (footprints.get(environment.name, Footprint()),)
    ]
    same = [
        f"  {terminal(f'{one.name}: {overlap_text(overlap)}')}"
        for one in ordered
        for overlap in footprints.get(one.name, Footprint()).overlaps
        # Each pair once.
        if one.name < overlap.environment
    ]
    same = ["", "Changed in more than one:", *same] if same else []
    return "\n".join([*lines, *_table(header, cells), *same]) + "\n"


def environment_text(
    environment: Environment, footprint: Footprint, *, now: datetime, color: bool = False
) -> str:
    """One environment, its origin, and every node with its build and its view."""
    palette = Palette(color)
    dirty = ", with changes not committed" if environment.dirty else ""
    base = [] if environment.base_commit is None else [f"  Base: {short(environment.base_commit)}"]
    lines = [
        *palette.title(f"Environment: {terminal(environment.name)}"),
        f"  Schema: {terminal(environment.schema)}",
        *([] if environment.branch is None else [f"  Branch: {terminal(environment.branch)}"]),
        f"  Commit: {short(environment.commit)}{dirty}",
        *base,
        f"  Created: {moment(environment.created_at)}",
        f"  Updated: {moment(environment.updated_at)}",
        f"  Age: {_span(now - environment.created_at)}",
        f"  Status: {_status(environment, now)}",
        f"  Size: {byte_count(footprint.bytes)}, {byte_count(footprint.own_bytes)} of it its own",
        f"  Rows: {footprint.rows:,}",
        f"  Digest: {terminal(environment.digest)}",
        *(f"  Overlap: {terminal(overlap_text(overlap))}" for overlap in footprint.overlaps),
        "",
        f"Nodes ({len(environment.nodes):,}):",
        *_table(
            ["Node", "Build", "View"],
            [
                [terminal(n.node), terminal(n.build_id)[:12], terminal(n.view or "-")]
                for n in sorted(environment.nodes, key=lambda n: n.node)
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _table(header: list[str], rows: list[list[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, ["-" * width for width in widths], *rows):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"  {' | '.join(cells).rstrip()}"


def _commit(environment: Environment) -> str:
    """The commit; a plus says that changes beside it were not committed."""
    marked = environment.dirty and environment.commit is not None
    return f"{short(environment.commit)}+" if marked else short(environment.commit)


def _status(environment: Environment, now: datetime) -> str:
    if environment.expires_at is None:
        return "active, kept"
    if environment.expires_at <= now:
        return f"expired {_span(now - environment.expires_at)} ago"
    return f"active, expires in {_span(environment.expires_at - now)}"


def _span(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"

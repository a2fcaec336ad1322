"""Runs, promotions and rollbacks for people, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.model.execution import ExecutionStatus
from seeknal_ci.model.history import Happening, History
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import RULE, Palette
from seeknal_ci.render.tree_text import error_text, node_counts, status_text
from seeknal_ci.render.wording import clipped, duration, moment, plural, short

SHOWN = 12
# The first digits of an id are the millisecond.
TIME_DIGITS = 13
FAILED_SHOWN, ERROR_LENGTH = 3, 120


def history_text(found: History, limit: int, *, color: bool = False) -> str:
    """A line a run or a promotion, the newest first, at most `limit`; what production shows now is
    marked.
    """
    palette = Palette(color)
    lines = palette.title("Runs and Promotions")
    happenings = found.happenings[:limit]
    if not happenings:
        return (
            "\n".join([*lines, "  There is none: `seeknal-ci apply` and `promote` make them."])
            + "\n"
        )
    ids = short_ids([one.id for one in found.happenings])
    shown = _shown(happenings, found.production)
    cells = [_cells(one, ids[one.id], palette) for one in happenings]
    widths = [max(len(plain) for plain, _ in column) for column in zip(*cells, strict=True)]
    for one, row in zip(happenings, cells, strict=True):
        padded = (
            f"{painted}{' ' * (width - len(plain))}"
            for (plain, painted), width in zip(row, widths, strict=True)
        )
        mark = "* " if one is shown else "  "
        lines.append(f"{mark}{'  '.join(padded)}".rstrip())
        lines += _details(one, palette)
    lines += [
        "",
        "`seeknal-ci history ID` shows a run, and `rollback ID` goes back to a promotion.",
    ]
    if shown is not None:
        lines.append("* is what production shows.")
    return "\n".join(lines) + "\n"


def short_ids(ids: Sequence[str]) -> dict[str, str]:
    """As much of each id as tells it from the others, and at least the time in it."""
    different, length = len(set(ids)), TIME_DIGITS
    while len({id_[:length] for id_ in ids}) < different:
        length += 1
    return {id_: id_[:length] for id_ in ids}


def _shown(happenings: Sequence[Happening], production: Environment | None) -> Happening | None:
    """The newest promotion that left production as it is."""
    nodes = production.nodes if production is not None else None
    promoted = (one for one in happenings if one.promotion and one.promotion.nodes == nodes)
    return next(promoted, None)


def _cells(one: Happening, id_: str, palette: Palette) -> list[tuple[str, str]]:
    """The cells of a line, plain and painted."""
    summary = one.run
    if summary is None:
        status = ExecutionStatus.SUCCESS
        what, where, took = "promote", _promotion(one).environment, "-"
    else:
        status = summary.run.status
        what, where = summary.run.command or "-", summary.run.environment
        took = "-" if summary.run.seconds is None else duration(summary.run.seconds)
    begin = [terminal(id_), moment(one.started_at), terminal(what), terminal(where)]
    return [
        *((cell, cell) for cell in begin),
        (status.value, status_text(status, palette)),
        (took, took),
        (_told(one), _told(one)),
    ]


def _told(one: Happening) -> str:
    """Between which commits production moved and who moved it; or what became of the nodes."""
    if one.promotion is None:
        return "" if one.run is None else node_counts(one.run)
    promotion = one.promotion
    came = "nothing" if promotion.from_commit is None else short(promotion.from_commit)
    moved = f"{came} → {short(promotion.to_commit)}"
    return f"{moved}, {plural(len(promotion.nodes), 'node')}, by {terminal(promotion.actor)}"


def _details(one: Happening, palette: Palette) -> Iterator[str]:
    if one.promotion is not None:
        for given in one.promotion.acknowledgements:
            told = f"accepted {terminal(given.node)} by {terminal(given.by)}"
            yield palette.faint(f"      {told}")
    if one.run is not None:
        failed = one.run.failed or ([one.run.run] if one.run.run.message else [])
        for execution in failed[:FAILED_SHOWN]:
            yield f"      {palette.bad('✗')} {clipped(error_text(execution), ERROR_LENGTH)}"
        if len(failed) > FAILED_SHOWN:
            yield f"      and {len(failed) - FAILED_SHOWN} more"


def _promotion(one: Happening) -> Promotion:
    assert one.promotion is not None, "what has no run is a promotion"
    return one.promotion


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

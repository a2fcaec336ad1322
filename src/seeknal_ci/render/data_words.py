"""How data differ, in sentences that every report shares; names stand between backticks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seeknal_ci.model.data_diff import ColumnDiff, DataDiff, Depth, NodeDiff, RepeatedKey
from seeknal_ci.model.spec import Column
from seeknal_ci.render.escape import code_span
from seeknal_ci.render.wording import change_of, clipped, plural

# Longer lists are told by their first few, and how many more there are.
NAMED = 5
MAX_TYPE = 60


def change_in_rows(diff: NodeDiff) -> str:
    """A percentage of the rows before, or a word."""
    if diff.rows_before is None:
        empty = ", and empty" if diff.rows_after == 0 else ""
        return f"new{empty}" if diff.is_new else "unknown"
    return change_of(diff.rows_before, diff.rows_after)


def alarm(diff: NodeDiff) -> str | None:
    """That a key is no longer unique, in a sentence of its own."""
    key = diff.repeated_key
    return _repeated(key) if key is not None and key.lost else None


def facts(diff: NodeDiff) -> Iterator[str]:
    """What else is known of a node, a sentence each."""
    if diff.added:
        yield f"added {_columns(diff.added)}"
    if diff.removed:
        yield f"removed {_columns(diff.removed)}"
    yield from _retyped(diff)
    yield from _by_key(diff)
    yield from _as_distinct(diff)
    if diff.other_sources:
        names = _listed([code_span(name) for name in diff.other_sources])
        yield f"not on the same data: production reads another version of {names}"
    if diff.not_compared is not None:
        yield f"not compared: {diff.not_compared}"


def why_distinct(diff: NodeDiff) -> str | None:
    """Why rows are compared as a whole; None where they are not."""
    if diff.distinct is None:
        return None
    if diff.repeated_key is not None:
        return _repeated(diff.repeated_key)
    if diff.absent_key:
        names = _listed([code_span(name) for name in diff.absent_key])
        return f"the key {names} is not on both sides with one type"
    return "no key is declared"


def problem_of(data: DataDiff) -> str | None:
    """Why there is no comparison, in a sentence."""
    if data.problem is None:
        return None
    return f"The data could not be compared with {code_span(data.production)}: {data.problem}"


def notes(data: DataDiff, more: str) -> Iterator[str]:
    """What is to be known of the comparison as a whole; `more` is what asks for all of it."""
    same = sum(not diff.differs for diff in data.nodes)
    if same:
        what = "as many rows and the same columns"
        if data.depth is Depth.FULL:
            what = "the same rows"
        verb = "has" if same == 1 else "have"
        yield f"{plural(same, 'other build')} {verb} {what} as before"
    if data.unbuilt:
        verb = "is" if len(data.unbuilt) == 1 else "are"
        names = _listed([code_span(clipped(node, 120)) for node in data.unbuilt])
        yield f"{plural(len(data.unbuilt), 'node')} {verb} not built yet: {names}"
    if data.depth is Depth.COUNTS and data.nodes:
        yield f"Only rows and columns were counted: `{more}` compares values"
    if any(diff.keyed or diff.distinct for diff in data.nodes):
        yield "Floats are compared exactly; columns with another type are left out"


def told(data: DataDiff) -> tuple[NodeDiff, ...]:
    """The nodes to tell of: those that alarm, then those that differ, then the new ones."""
    differing = [diff for diff in data.nodes if diff.differs]
    return tuple(sorted(differing, key=lambda d: (not d.alarms, d.is_new, d.node)))


def values_of(column: ColumnDiff, field: str) -> str:
    """A number of a column before and after; one where both are the same."""
    sides = (column.before, column.after)
    before, after = ("-" if side is None else f"{getattr(side, field):,}" for side in sides)
    return after if before == after else f"{before} → {after}"


def changed_of(column: ColumnDiff) -> str:
    """In how many rows a column differs; a dash where that is not known."""
    return "-" if column.changed is None else f"{column.changed:,}"


def _retyped(diff: NodeDiff) -> Iterator[str]:
    retyped = [pair for pair in diff.retyped if pair.before.type != pair.after.type]
    respelt = [pair for pair in diff.retyped if pair.before.name != pair.after.name]
    if retyped:
        each = [
            f"{code_span(pair.after.name)} {_type(pair.before)} → {_type(pair.after)}"
            for pair in retyped
        ]
        yield f"another type: {_listed(each)}"
    if respelt:
        each = [f"{code_span(p.before.name)} → {code_span(p.after.name)}" for p in respelt]
        yield f"another spelling: {_listed(each)}"


def _by_key(diff: NodeDiff) -> Iterator[str]:
    rows = diff.keyed
    if rows is None:
        return
    key = ", ".join(code_span(name) for name in rows.key)
    if not rows.differ:
        yield f"by {key}: the same rows"
        return
    changed = sorted((c for c in diff.columns if c.changed), key=lambda c: -(c.changed or 0))
    where = _listed([f"{code_span(column.name)} {column.changed:,}" for column in changed])
    in_what = f" ({where})" if where else ""
    yield (
        f"by {key}: {rows.only_before:,} only before, {rows.only_after:,} only after, "
        f"{rows.changed:,} changed{in_what}"
    )


def _as_distinct(diff: NodeDiff) -> Iterator[str]:
    rows = diff.distinct
    if rows is None:
        return
    lost = diff.repeated_key is not None and diff.repeated_key.lost
    why = "" if lost else f", as {why_distinct(diff)}"
    if not rows.differ:
        yield f"the same rows, compared as a whole{why}"
        return
    again = f", {rows.repeated:,} repeated another number of times" if rows.repeated else ""
    count = f"{rows.before:,} → {rows.after:,}" if rows.before != rows.after else f"{rows.after:,}"
    yield (
        f"distinct rows: {count}, {rows.only_before:,} only before, "
        f"{rows.only_after:,} only after{again}{why}"
    )


def _repeated(key: RepeatedKey) -> str:
    names = ", ".join(code_span(name) for name in key.key)
    if key.lost:
        rows = plural(key.after, "row")
        verb = "repeats" if key.after == 1 else "repeat"
        return f"{names} was unique, and is no longer: {rows} {verb} a key"
    after = "" if key.after == key.before else f", {key.after:,} after"
    return f"{names} is not unique ({plural(key.before, 'row')} too many before{after})"


def _columns(columns: Sequence[Column]) -> str:
    return _listed([f"{code_span(column.name)} {_type(column)}" for column in columns])


def _type(column: Column) -> str:
    return clipped(str(column.type), MAX_TYPE)


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - NAMED:,} more" if len(items) > NAMED else ""
    return ", ".join(items[:NAMED]) + more

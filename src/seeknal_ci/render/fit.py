"""How a comment is made to fit: rows of one rule become one, then sections shrink in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Impact
from seeknal_ci.render.todo import MANY
from seeknal_ci.render.views import CommentView, DownstreamRow, FindingRow, Rows

# How many names stand for the many that one row tells about.
EXAMPLES = 3

Reduction = Callable[[CommentView], CommentView]


def grouped(view: CommentView) -> CommentView:
    """More than five findings of one rule as one row with a count; blocked nodes likewise."""
    return replace(
        view,
        breaking=Rows(tuple(_by_rule(view.breaking.shown)), view.breaking.more),
        other=Rows(tuple(_by_rule(view.other.shown)), view.other.more),
        downstream=Rows(tuple(_by_impact(view.downstream.shown)), view.downstream.more),
    )


def _by_rule(rows: tuple[FindingRow, ...]) -> Iterator[FindingRow]:
    groups: dict[tuple[str, str], list[FindingRow]] = {}
    for row in rows:
        groups.setdefault((row.category, row.rule), []).append(row)
    told: set[tuple[str, str]] = set()
    for row in rows:
        key = (row.category, row.rule)
        if len(groups[key]) <= MANY:
            yield row
        elif key not in told:
            told.add(key)
            yield _one_for_all(groups[key])


def _one_for_all(rows: list[FindingRow]) -> FindingRow:
    first = rows[0]
    nodes = tuple(dict.fromkeys(node for row in rows for node in row.nodes))
    return replace(
        first,
        nodes=nodes[:EXAMPLES],
        node_count=len(nodes),
        renamed_from=None,
        owner=None,
        message="",
        spot=None,
        more_spots=0,
        readers=tuple({reader.node: reader for row in rows for reader in row.readers}.values()),
        blocked=0,
        count=len(rows),
    )


def _by_impact(rows: tuple[DownstreamRow, ...]) -> Iterator[DownstreamRow]:
    """Blocked nodes need no repair of their own: those with one reason share a row."""
    blocked: dict[str, list[DownstreamRow]] = {}
    for row in rows:
        if row.impact == Impact.BLOCKED.value:
            blocked.setdefault(row.message, []).append(row)
        else:
            yield row
    for alike in blocked.values():
        first, owners = alike[0], {row.owner for row in alike}
        yield replace(
            first,
            nodes=tuple(row.nodes[0] for row in alike[:MANY]),
            owner=first.owner if len(owners) == 1 else None,
            spot=first.spot if len(alike) == 1 else None,
            count=len(alike),
        )


def _without_diagram(view: CommentView) -> CommentView:
    return view if view.diagram is None else replace(view, diagram=None, truncated=True)


def _without_metadata(view: CommentView) -> CommentView:
    kept = tuple(row for row in view.other.shown if row.category != str(Category.METADATA))
    gone = sum(row.count for row in view.other.shown) - sum(row.count for row in kept)
    if not gone:
        return view
    return replace(view, other=Rows(kept, view.other.more + gone), truncated=True)


def _at_most(limits: Mapping[str, int]) -> Reduction:
    def limited(view: CommentView) -> CommentView:
        sections: dict[str, Any] = {}
        for name, limit in limits.items():
            rows: Rows[Any] = getattr(view, name)
            gone = sum(getattr(row, "count", 1) for row in rows.shown[limit:])
            if gone:
                sections[name] = Rows(rows.shown[:limit], rows.more + gone)
        return replace(view, **sections, truncated=True) if sections else view

    return limited


def _bare(view: CommentView) -> CommentView:
    """The verdict, what to do first, and what it comes from: fits whatever the project holds."""
    names = [field.name for field in fields(view) if isinstance(getattr(view, field.name), Rows)]
    bare = _at_most({name: 3 if name == "actions" else 0 for name in names})(view)
    return replace(bare, environment=None, diagram=None, truncated=True)


REDUCTIONS: tuple[Reduction, ...] = (
    _at_most({"data_details": 10}),
    _at_most({"data_details": 0}),
    _without_diagram,
    _without_metadata,
    _at_most({"rebuilt": 25, "warnings": 10, "data": 25, "checks": 25, "overlaps": 5}),
    _at_most({"downstream": 25, "other": 25}),
    _at_most({"rebuilt": 5, "warnings": 3, "data": 5}),
    _at_most({"downstream": 10, "other": 5, "checks": 5, "overlaps": 2}),
    _at_most({"other": 0, "rebuilt": 0, "warnings": 0, "data": 0, "overlaps": 0}),
    _at_most({"errors": 20, "breaking": 25, "actions": 20, "failures": 10}),
    _at_most({"errors": 5, "breaking": 5, "actions": 5, "downstream": 3, "failures": 3}),
    _bare,
)


def smaller(view: CommentView) -> Iterator[CommentView]:
    """`view` itself, and then forms of it that say less and less."""
    yield view
    for reduction in REDUCTIONS:
        reduced = reduction(view)
        if reduced is not view:
            view = reduced
            yield view

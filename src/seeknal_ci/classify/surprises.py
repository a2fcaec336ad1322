"""How a node's own text comes to mean another thing, because of what its inputs put out now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.types import is_widening, same_family, takes_its_place


@dataclass(frozen=True, slots=True)
class Surprise:
    """What happens to a node, where its text shows it, and the columns that are to blame."""

    message: str
    place: Place
    columns: tuple[str, ...] = ()


def surprise(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """Why a node that base could build as it is meant can no longer be, in head."""
    if node.id not in base.manifest.nodes:
        return None
    before, after = base.of(node.id), head.of(node.id)
    place = _query_place(node)
    if after.uneven is not None and before.uneven is None:
        left, right = after.uneven
        return Surprise(f"Puts queries of {left} and of {right} columns into one", place)
    twice = tuple(name for name in after.duplicates if name not in before.duplicates)
    if twice:
        return Surprise(f"Puts out two columns named {_quoted(twice)}", place, twice)
    return (
        _joined_otherwise(before, after, place)
        or _crossed(before, after, place)
        or _rebound(node, base, head)
        or _unresolved(node, base, head)
        or _gone_by_text(node, base, head)
        or misfit(node, base, head)
        or _not_computed(node, base, head)
    )


def reshaped(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """What a node that can be built loses, or reads with another type."""
    if node.id not in base.manifest.nodes:
        return None
    before, after = base.of(node.id), head.of(node.id)
    if before.columns is not None and after.columns is not None:
        kept = {column.name.lower() for column in after.columns}
        lost = tuple(c.name for c in before.columns if c.name.lower() not in kept)
        if lost:
            word = "column" if len(lost) == 1 else "columns"
            return Surprise(f"Loses {word} {_quoted(lost)}", _query_place(node), lost)
    return _retyped(node, base, head)


def _joined_otherwise(before: Analysed, after: Analysed, place: Place) -> Surprise | None:
    if len(before.natural_keys) != len(after.natural_keys):
        return None
    for old, new in zip(before.natural_keys, after.natural_keys, strict=True):
        if old != new:
            moved = tuple(sorted({*old} ^ {*new}))
            now = _quoted(new) or "nothing"
            return Surprise(f"Its NATURAL JOIN now joins by {now}", place, moved)
    return None


def _crossed(before: Analysed, after: Analysed, place: Place) -> Surprise | None:
    crossed = sorted(after.crossed - before.crossed)
    if not crossed:
        return None
    left, right = crossed[0]
    message = f"Puts '{right}' into the column '{left}': UNION goes by the place of a column"
    return Surprise(message, place, tuple(dict.fromkeys((left, right))))


def _rebound(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """A name that finds another column than it did: one of the query around it, where its own is
    gone; or an input's, where it was the query's own word for something else.
    """
    before, after = base.of(node.id), head.of(node.id)
    inputs = base.manifest.upstream[node.id]
    if not (before.resolved and after.resolved) or after.missing:
        return None
    if any(base.of(i).columns is None for i in inputs):
        return None
    old, new = _meanings(before), _meanings(after)
    found = []
    for column, meanings in new.items():
        # A meaning that is only gone is told as a missing column.
        remaining = iter([nodes for _, nodes in old.get(column, ())])
        found += [(place, column, n) for place, n in meanings if n not in remaining][:1]
    if not found:
        return None
    place, column, nodes = min(found, key=lambda item: (item[0], item[1]))
    return Surprise(f"'{column}' now means the column of {', '.join(nodes)}", place, (column,))


def _meanings(known: Analysed) -> dict[str, list[tuple[Place, tuple[str, ...]]]]:
    """Under each name that a query reads, in its order: the place, and the nodes that it finds.

    Places are those of one version of a file: what stands around the query moves them.
    """
    nodes: dict[tuple[str, Place], set[str]] = {}
    for use in known.uses:
        if not use.star:
            nodes.setdefault((use.column.lower(), use.place), set()).add(use.node)
    found: dict[str, list[tuple[Place, tuple[str, ...]]]] = {}
    for column, place in sorted(nodes):
        found.setdefault(column, []).append((place, tuple(sorted(nodes[column, place]))))
    return found


def _unresolved(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """A query that base could resolve and head cannot: fail closed."""
    known = head.of(node.id)
    if known.columns is not None or base.of(node.id).columns is None:
        return None
    if any(head.of(i).columns is None for i in head.manifest.upstream[node.id]):
        return None
    message = f"Its query cannot be resolved any more: {known.unknown}"
    return Surprise(message, _query_place(node))


def _gone_by_text(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """A column that is gone, and whose name a query has of which no more can be told."""
    if head.of(node.id).resolved:
        return None
    for use in base.of(node.id).uses:
        columns = head.of(use.node).columns if use.node in head.manifest.nodes else None
        if columns is not None and use.column.lower() not in {c.name.lower() for c in columns}:
            return Surprise(f"References missing column '{use.column}'", use.place, (use.column,))
    return None


def misfit(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """A column in other letters, or one of another family of types in a computation."""
    if node.id not in base.manifest.nodes:
        return None
    known = head.of(node.id)
    respelled = _respelled(known, base, head)
    if respelled is not None:
        return respelled
    for use in known.uses:
        if (use.node, use.column.lower()) not in known.computed:
            continue
        was, now = (_type_of(use.node, use.column, side) for side in (base, head))
        if was and now and not same_family(was, now):
            told = f"whose type changed: {was.lower()} → {now.lower()}"
            return Surprise(f"Computes with '{use.column}', {told}", use.place, (use.column,))
    return None


def _respelled(known: Analysed, base: Analysis, head: Analysis) -> Surprise | None:
    """A column that is written in other letters than its reader's: to PostgreSQL it is gone."""
    if head.dialect != "postgres":
        return None
    for use in known.uses:
        was, now = (_names(use.node, side) for side in (base, head))
        name = now.get(use.column.lower())
        if use.column in was.values() and name is not None and name != use.column:
            message = f"References missing column '{use.column}', which is '{name}' now"
            return Surprise(message, use.place, (use.column,))
    return None


def _names(node_id: str, side: Analysis) -> dict[str, str]:
    """Small letters to the column's own, of a node's columns that are known."""
    if node_id not in side.manifest.nodes:
        return {}
    return {name.lower(): name for name in side.of(node_id).types}


def _type_of(node_id: str, column: str, side: Analysis) -> str | None:
    if node_id not in side.manifest.nodes:
        return None
    types = {name.lower(): kind for name, kind in side.of(node_id).types.items()}
    return types.get(column.lower())


def _not_computed(node: Node, base: Analysis, head: Analysis) -> Surprise | None:
    """An output whose type could be told until a column that it is made of got another one.

    So DuckDB refuses to add to, or to sum up, what has become text.
    """
    retyped = _retyped(node, base, head, takes_its_place)
    before, after = base.of(node.id).types, head.of(node.id).types
    lost = next((name for name, kind in after.items() if not kind and before.get(name)), None)
    if retyped is None or lost is None:
        return None
    message = f"Cannot compute '{lost}'. {retyped.message}"
    return Surprise(message, retyped.place, retyped.columns)


def _retyped(
    node: Node,
    base: Analysis,
    head: Analysis,
    is_harmless: Callable[[str, str], bool] = is_widening,
) -> Surprise | None:
    for edge in node.inputs:
        if edge.ref not in base.manifest.nodes or edge.ref not in head.manifest.nodes:
            continue
        old = {name.lower(): kind for name, kind in base.of(edge.ref).types.items()}
        new = {name.lower(): kind for name, kind in head.of(edge.ref).types.items()}
        for use in head.of(node.id).uses:
            was, now = old.get(use.column.lower()), new.get(use.column.lower())
            if use.node == edge.ref and was and now and was != now and not is_harmless(was, now):
                message = f"Reads '{use.column}', whose type changed: {was.lower()} → {now.lower()}"
                return Surprise(message, use.place, (use.column,))
    return None


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _query_place(node: Node) -> Place:
    return node.place_of("transform" if "transform" in node.definition else "inputs")

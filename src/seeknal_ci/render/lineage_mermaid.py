"""A lineage as a Mermaid drawing: values as lines, what decides rows as dotted ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seeknal_ci.model.lineage import ColumnId, Lineage, NodeUse, Role, Traced
from seeknal_ci.render.escape import mermaid_label
from seeknal_ci.render.mermaid import MAX_BYTES, MAX_EDGES, MAX_LABEL, MAX_NODES
from seeknal_ci.render.wording import clipped, plural

_STYLES = {
    "asked": "fill:#0969da,stroke:#0a3069,color:#ffffff,stroke-width:2px",
    "plain": "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    "rows": "fill:#f6f8fa,stroke:#8c959f,color:#424a53",
    "unknown": "fill:#fff8c5,stroke:#9a6700,color:#4d2d00,stroke-dasharray:5 4",
}


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: its distance from what was asked for decides whether there is room for it."""

    key: str
    distance: int
    label: str
    note: str
    style: str


@dataclass(frozen=True, slots=True)
class _Line:
    origin: str
    reader: str
    dotted: bool


def lineage_drawing(found: Lineage) -> str:
    """The drawing, inputs to the left; the nearest boxes, as many as fit, and how many do not."""
    boxes, lines = _all_of(found)
    count = min(len(boxes), MAX_NODES)
    while count > 1:
        drawing = _draw(boxes[:count], lines, len(boxes) - count)
        if len(drawing.encode()) <= MAX_BYTES:
            return drawing
        count -= 1
    return _draw(boxes[:1], lines, len(boxes) - 1)


def _all_of(found: Lineage) -> tuple[list[_Box], list[_Line]]:
    """Every box, the nearest first, and every line."""
    boxes: dict[str, _Box] = {}
    lines: dict[_Line, None] = {}
    for up, traced in ((True, found.upstream), (False, found.downstream)):
        for part in () if traced is None else _parts(found, traced, up=up):
            if isinstance(part, _Line):
                lines[part] = None
            else:
                boxes.setdefault(part.key, part)
    if found.column is None:
        first = _Box(found.target.node, 0, found.target.node, "", "asked")
    else:
        first = _column(found.column.id, 0, "asked")
    boxes.pop(first.key, None)
    rest = sorted(boxes.values(), key=lambda box: (abs(box.distance), box.key))
    return [first, *rest], list(lines)


def _parts(found: Lineage, traced: Traced, *, up: bool) -> Iterator[_Box | _Line]:
    if found.column is None:
        yield from _of_nodes(traced)
    else:
        yield from _of_columns(traced)
        yield from _deciding(found.column.id, traced) if up else _using(traced)


def _of_nodes(traced: Traced) -> Iterator[_Box | _Line]:
    for node in traced.nodes:
        unknown = node.unknown is not None
        note = "columns unknown" if unknown else ""
        yield _Box(node.node, node.distance, node.node, note, "unknown" if unknown else "plain")
    for link in traced.links:
        values = any(Role.VALUE in column.roles for column in link.columns)
        yield _Line(link.origin, link.reader, dotted=not values)


def _of_columns(traced: Traced) -> Iterator[_Box | _Line]:
    for column in traced.columns:
        style = "plain" if column.unknown is None else "unknown"
        yield _column(column.id, column.distance, style)
    for flow in traced.flows:
        yield _Line(str(flow.origin), str(flow.output), flow.role is not Role.VALUE)


def _deciding(start: ColumnId, traced: Traced) -> Iterator[_Box | _Line]:
    """What decides rows on the way up: the columns that are read for it, and what for."""
    distances = {node.node: node.distance for node in traced.nodes}
    for item in traced.uses:
        distance = distances.get(item.node, 0)
        yield _use(item, distance)
        yield _Line(_key(item), str(start), dotted=True)
        for read in item.use.reads:
            yield _column(read, distance - 1, "rows")
            yield _Line(str(read), _key(item), dotted=True)


def _using(traced: Traced) -> Iterator[_Box | _Line]:
    """What is done with columns on the way down, other than for a value."""
    distances = {str(column.id): column.distance for column in traced.columns}
    for item in traced.uses:
        reads = [str(read) for read in item.use.reads]
        yield _use(item, 1 + max((distances.get(read, 0) for read in reads), default=0))
        for read in reads:
            yield _Line(read, _key(item), dotted=True)


def _use(item: NodeUse, distance: int) -> _Box:
    style = "rows" if item.use.unknown is None else "unknown"
    return _Box(_key(item), distance, item.node, item.use.role.value, style)


def _key(item: NodeUse) -> str:
    return f"{item.node} {item.use.role.value}"


def _column(column: ColumnId, distance: int, style: str) -> _Box:
    return _Box(str(column), distance, column.node, column.column, style)


def _draw(boxes: list[_Box], lines: list[_Line], hidden: int) -> str:
    order = {box.key: f"n{at}" for at, box in enumerate(sorted(boxes, key=lambda b: b.key))}
    shown = [line for line in lines if line.origin in order and line.reader in order]
    drawn = [
        f"  {order[box.key]}{_label(box)}:::{box.style}"
        for box in sorted(boxes, key=lambda box: box.key)
    ]
    missing = [plural(hidden, "box", "boxes")] if hidden else []
    if len(shown) > MAX_EDGES:
        missing.append(plural(len(shown) - MAX_EDGES, "line"))
    if missing:
        label = mermaid_label(f"not drawn - {' and '.join(missing)}")
        drawn.append(f"  more{label}:::unknown")
    used = {box.style for box in boxes} | ({"unknown"} if missing else set())
    styles = [f"  classDef {name} {style}" for name, style in _STYLES.items() if name in used]
    edges = sorted(_edge(order, line) for line in shown[:MAX_EDGES])
    return "\n".join(["flowchart LR", *drawn, *edges, *styles])


def _edge(order: dict[str, str], line: _Line) -> str:
    arrow = "-.->" if line.dotted else "-->"
    return f"  {order[line.origin]} {arrow} {order[line.reader]}"


def _label(box: _Box) -> str:
    return mermaid_label(clipped(box.label, MAX_LABEL), clipped(box.note, MAX_LABEL))

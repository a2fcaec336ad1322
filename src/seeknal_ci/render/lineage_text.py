"""A lineage for people: trees of nodes or columns, and what decides which rows there are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from seeknal_ci.model.lineage import (
    Lineage,
    Link,
    NodeUse,
    Role,
    Traced,
    TracedColumn,
    TracedNode,
)
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.tree import Branch, draw_tree
from seeknal_ci.render.wording import clipped, plural

WIDTH = 76
LONGEST = 160
MAX_CUT = 6


def lineage_as(found: Lineage, output: str, *, color: bool) -> str:
    """A lineage as text, JSON or Mermaid."""
    if output == "json":
        from seeknal_ci.render.documents import to_json
        from seeknal_ci.render.lineage_documents import lineage_document

        return to_json(lineage_document(found))
    if output == "mermaid":
        from seeknal_ci.render.lineage_mermaid import lineage_drawing

        return lineage_drawing(found) + "\n"
    return lineage_text(found, color=color)


def lineage_text(found: Lineage, *, color: bool = False) -> str:
    """What a node or column is made of, and what is made of it, as trees."""
    palette = Palette(color)
    lines = [*_head(found, palette), ""]
    if found.upstream is not None:
        lines += [*_direction(found, found.upstream, palette, up=True)]
    if found.downstream is not None:
        lines += [*_direction(found, found.downstream, palette, up=False)]
    lines += _errors(found, palette)
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(found: Lineage, palette: Palette) -> Iterator[str]:
    node = found.target
    name = node.node if found.column is None else str(found.column.id)
    title, rule = palette.title(f"Lineage: {terminal(name)}")
    kind = None if found.column is None else found.column.type
    yield title if kind is None else f"{title}  {palette.faint(terminal(kind.lower()))}"
    yield rule
    if node.place is not None:
        owner = "" if node.owner is None else f", owned by {terminal(node.owner)}"
        yield palette.faint(f"  {terminal(str(node.place))}{owner}")
    if found.column is not None:
        yield from (f"  {line}" for line in _making(found.column, palette))
    elif node.columns is not None:
        yield f"  {plural(len(node.columns), 'column')}"
    else:
        yield from (f"  {line}" for line in _unknown(node, palette))


def _direction(found: Lineage, traced: Traced, palette: Palette, *, up: bool) -> Iterator[str]:
    yield palette.strong("Upstream" if up else "Downstream")
    if found.column is None:
        yield from _nodes(found, traced, palette, up=up)
    else:
        yield from _columns(found.column, traced, palette, up=up)
    if traced.cut:
        more = ", ".join(terminal(node) for node in traced.cut[:MAX_CUT])
        more += ", …" if len(traced.cut) > MAX_CUT else ""
        beyond = f"{plural(len(traced.cut), 'node')} beyond --depth {found.depth}: {more}"
        yield palette.caution(f"  … {beyond}")
    yield ""
    if found.column is not None and traced.uses:
        yield palette.strong(
            "By rows, not by value: what decides which rows there are, and their order"
            if up
            else "Used, other than for a value"
        )
        yield from _uses(traced.uses, palette)
        yield ""


def _nodes(found: Lineage, traced: Traced, palette: Palette, *, up: bool) -> Iterator[str]:
    nodes = {node.node: node for node in (found.target, *traced.nodes)}
    branches: dict[str, list[Branch]] = {}
    for link in traced.links:
        near, far = (link.reader, link.origin) if up else (link.origin, link.reader)
        details = (*_over(link, palette), *_unknown(nodes[far], palette))
        head = palette.strong(terminal(far))
        branches.setdefault(near, []).append(Branch(far, head, details))
    if not traced.links and not traced.cut:
        yield palette.faint("  nothing: it reads no node" if up else "  nobody reads it")
    yield from _drawn(found.target.node, branches, palette)


def _over(link: Link, palette: Palette) -> Iterator[str]:
    """The columns that go over an edge, by what they are used for."""
    if not link.read:
        yield palette.caution("declared as an input, and not read")
        return
    roles = [r for r in Role if any(r in column.roles for column in link.columns)]
    width = max((len(role.value) for role in roles), default=0)
    for role in roles:
        names = ", ".join(terminal(c.column) for c in link.columns if role in c.roles)
        first, *rest = textwrap.wrap(names, WIDTH, break_long_words=False) or [""]
        yield f"{palette.faint(role.value.ljust(width))}  {first}"
        yield from (f"{' ' * width}  {line}" for line in rest)
    if link.unknown is not None:
        yield palette.caution(f"may use any column: {terminal(link.unknown)}")
    elif not link.columns:
        yield palette.faint("rows alone, no column")


def _unknown(node: TracedNode, palette: Palette) -> Iterator[str]:
    if node.unknown is not None:
        yield palette.caution(f"columns unknown: {terminal(node.unknown)}")


def _columns(start: TracedColumn, traced: Traced, palette: Palette, *, up: bool) -> Iterator[str]:
    columns = {str(column.id): column for column in traced.columns}
    branches: dict[str, list[Branch]] = {}
    for flow in traced.flows:
        near, far = (flow.output, flow.origin) if up else (flow.origin, flow.output)
        column = columns.get(str(far))
        head = palette.strong(terminal(str(far)))
        if column is not None and column.type is not None:
            head += f"  {palette.faint(terminal(column.type.lower()))}"
        if flow.role is not Role.VALUE:
            head += f"  ({flow.role.value})"
        details = () if column is None else tuple(_making(column, palette))
        branches.setdefault(str(near), []).append(Branch(str(far), head, details))
    if not traced.flows and not traced.cut:
        yield palette.faint(f"  {_nothing(start, up=up)}")
    yield from _drawn(str(start.id), branches, palette)


def _nothing(start: TracedColumn, *, up: bool) -> str:
    if not up:
        return "nobody makes a column of it"
    if start.unknown is not None:
        return "it cannot be told"
    if start.expression is None:
        return "nothing: it is data of the source"
    return "no column: a constant, or a count of rows"


def _making(column: TracedColumn, palette: Palette) -> Iterator[str]:
    """How a column is made, unless it is merely passed on, and what is not known of it."""
    passed_on = (column.expression or "").rpartition(".")[2].lower() == column.id.column.lower()
    if column.expression is not None and (not passed_on or column.steps):
        yield f"= {terminal(clipped(column.expression, LONGEST))}"
    for step in column.steps:
        yield f"  {terminal(step.name)} = {terminal(clipped(step.expression, LONGEST))}"
    if column.unknown is not None:
        yield palette.caution(f"not sure: {terminal(column.unknown)}")


def _uses(uses: Iterable[NodeUse], palette: Palette) -> Iterator[str]:
    for node, group in groupby(uses, key=lambda use: use.node):
        yield f"  {palette.strong(terminal(node))}"
        items = [item.use for item in group]
        width = max(len(use.role.value) for use in items)
        for use in items:
            words = terminal(clipped(use.text, LONGEST)) or "as a whole"
            yield f"    {use.role.value.ljust(width)}  {words}"
            reads = ", ".join(terminal(str(column)) for column in use.reads)
            place = f"at {terminal(str(use.place))}"
            yield palette.faint(f"    {' ' * width}  {f'{reads}, ' if reads else ''}{place}")
            if use.unknown is not None:
                yield palette.caution(f"    {' ' * width}  not sure: {terminal(use.unknown)}")


def _drawn(root: str, branches: dict[str, list[Branch]], palette: Palette) -> Iterator[str]:
    lines, deeper = draw_tree(root, branches)
    yield from (f"  {line}" for line in lines)
    if deeper:
        yield palette.caution(f"  … {deeper:,} more too deep to draw: --format json has them all")


def _errors(found: Lineage, palette: Palette) -> Iterator[str]:
    if found.errors:
        count = plural(len(found.errors), "error")
        yield palette.bad(f"✗ {count} in the project: what has errors may be missing here")
    for error in found.errors:
        yield f"  {terminal(error.message)} [{terminal(error.code)}]"
        yield palette.faint(f"  at {terminal(str(error.place))}")

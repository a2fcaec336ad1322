"""Which node, and which column of it, a name on the command line means."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.lineage.walk import Lineages
from seeknal_ci.model.lineage import ColumnId
from seeknal_ci.model.manifest import Manifest

SHOWN = 12


def find_target(manifest: Manifest, lineages: Lineages, name: str) -> tuple[str, str | None]:
    """The node id and the column, or None for the node itself, that `NODE[.COLUMN]` means.

    Both may have dots: the longest id that fits is taken, and a shorter one only where the longer
    has no such column. Columns are found without regard to case. Raises SeeknalCiError.
    """
    ids = {node_id.lower(): node_id for node_id in reversed(list(manifest.nodes))}
    first: ColumnId | None = None
    for head, rest in _splits(name):
        node_id = head if head in manifest.nodes else ids.get(head.lower())
        if node_id is None:
            continue
        if not rest:
            return node_id, None
        found = _column(lineages, node_id, rest)
        if found is not None:
            return node_id, found
        first = first or ColumnId(node_id, rest)
    raise _no_node(manifest, name) if first is None else _no_column(manifest, lineages, first)


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """The whole name, then ever shorter beginnings of it with what follows their dot."""
    yield name, ""
    end = name.rfind(".")
    while end > 0:
        yield name[:end], name[end + 1 :]
        end = name.rfind(".", 0, end)


def _column(lineages: Lineages, node_id: str, name: str) -> str | None:
    """The column as the node spells it; as it is asked for where the columns are not all known."""
    lineage = lineages.of(node_id)
    outputs = (*lineage.types, *(output.name for output in lineage.outputs))
    found = next((output for output in outputs if output.lower() == name.lower()), None)
    return name if found is None and lineage.unknown else found


def _no_column(manifest: Manifest, lineages: Lineages, column: ColumnId) -> SeeknalCiError:
    have = {name.lower(): name for name in lineages.of(column.node).types}
    close = get_close_matches(column.column.lower(), have, n=1, cutoff=0.5)
    if close:
        fix = f"did you mean {column.node}.{have[close[0]]}?"
    else:
        listed = ", ".join(f"`{name}`" for name in list(have.values())[:SHOWN])
        fix = f"name one of {listed}" if listed else "name the node alone"
    return SeeknalCiError(
        f"{column.node} has no column `{column.column}`",
        where=str(manifest.nodes[column.node].place),
        fix=fix,
    )


def _no_node(manifest: Manifest, name: str) -> SeeknalCiError:
    close = list(_without_kind(manifest, name)) or _near(manifest, name)
    fix = f"did you mean {' or '.join(close)}?" if close else "name a node by its id, `kind.name`"
    return SeeknalCiError(f"there is no node {name}", fix=fix)


def _near(manifest: Manifest, name: str) -> list[str]:
    """The name with its beginning put right that is the most like an id."""
    found: dict[str, float] = {}
    for head, rest in _splits(name):
        for node_id in get_close_matches(head, manifest.nodes, n=1):
            full = f"{node_id}.{rest}" if rest else node_id
            found[full] = SequenceMatcher(None, head, node_id).ratio()
    return sorted(found, key=lambda full: (-found[full], full))[:1]


def _without_kind(manifest: Manifest, name: str) -> Iterator[str]:
    """Ids, with the column, of which the name lacks the kind alone."""
    for head, rest in _splits(name):
        for node in manifest.nodes.values():
            if node.name.lower() == head.lower():
                yield f"{node.id}.{rest}" if rest else node.id

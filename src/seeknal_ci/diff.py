"""Two manifests to the nodes of which they say different things."""

from __future__ import annotations

from collections import defaultdict

from seeknal_ci.manifest.definition import json_text
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import METADATA_FIELDS, Node
from seeknal_ci.model.report import Change, ChangeKind


def diff_manifests(before: Manifest, after: Manifest) -> tuple[Change, ...]:
    """Every changed node, sorted by id.

    A file that moved, or whose YAML was restyled, changes no node. A node whose file cannot be
    read in `after` is an error there, and no removal.
    """
    changes = [
        Change(ChangeKind.MODIFIED, before.nodes[node_id], node)
        for node_id, node in after.nodes.items()
        if node_id in before.nodes and _differ(before.nodes[node_id], node)
    ]
    added = {i: node for i, node in after.nodes.items() if i not in before.nodes}
    removed = {
        node_id: node
        for node_id, node in before.nodes.items()
        if node_id not in after.nodes and not _unreadable(node, after)
    }
    for old, new in _renames(removed, added):
        changes.append(Change(ChangeKind.RENAMED, removed.pop(old), added.pop(new)))
    changes += [Change(ChangeKind.ADDED, None, node) for node in added.values()]
    changes += [Change(ChangeKind.REMOVED, node, None) for node in removed.values()]
    return tuple(sorted(changes, key=lambda change: change.node.id))


def _differ(before: Node, after: Node) -> bool:
    # An unchanged file is read once, and both sides then share one definition.
    same = before.definition is after.definition or (
        json_text(before.definition) == json_text(after.definition)
    )
    return not same or _data(before) != _data(after)


def _data(node: Node) -> list[str]:
    """Content of the node's data files; where they lie is in the definition."""
    return sorted(file.blob_id for file in node.data)


def _unreadable(node: Node, manifest: Manifest) -> bool:
    """True if the node's file cannot be read, or an error speaks of the node.

    An error of another node in the same file says nothing about this one.
    """
    return any(
        p.node == node.id or (p.place.path == node.place.path and p.node not in manifest.nodes)
        for p in manifest.errors
    )


def _renames(removed: dict[str, Node], added: dict[str, Node]) -> list[tuple[str, str]]:
    """Pairs of a removed and an added node with the same content; ambiguous ones are no pairs."""
    by_content: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for node_id, node in removed.items():
        by_content[_content(node)][0].append(node_id)
    for node_id, node in added.items():
        by_content[_content(node)][1].append(node_id)
    return [(old[0], new[0]) for old, new in by_content.values() if len(old) == 1 and len(new) == 1]


def _content(node: Node) -> str:
    skipped = METADATA_FIELDS | {"name"}
    return json_text({k: v for k, v in node.definition.items() if k not in skipped})

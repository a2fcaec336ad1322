"""Columns that a node reads in vain: because this change took them away, or ever since."""

from __future__ import annotations

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.sql.analysed import Missing


def taken_away(node_id: str, base: Analysis, head: Analysis) -> tuple[Missing, ...]:
    """Columns that head's node reads, that base's inputs have, and that head's no longer have."""
    return tuple(m for m in head.of(node_id).missing if _was_there(m, node_id, base))


def never_there(node_id: str, base: Analysis, head: Analysis) -> tuple[Missing, ...]:
    """Columns that head's node reads and that its inputs never had."""
    return tuple(m for m in head.of(node_id).missing if not _was_there(m, node_id, base))


def _was_there(missing: Missing, node_id: str, base: Analysis) -> bool:
    name = missing.column.lower()
    if missing.ambiguous:
        # It had one meaning in base if base's node read it without trouble.
        return node_id in base.manifest.nodes and name not in {
            other.column.lower() for other in base.of(node_id).missing
        }
    return any(_has(base, node, name) for node in missing.nodes) or was_a_field(missing, base)


def was_a_field(missing: Missing, base: Analysis) -> bool:
    """True if base has a column that it was a field of."""
    return any(_has(base, node, missing.struct.lower()) for node in missing.struct_of)


def _has(base: Analysis, node: str, name: str) -> bool:
    columns = base.of(node).columns if node in base.manifest.nodes else None
    return name in {column.name.lower() for column in columns or ()}

"""Names in the database: of environments, of their schemas, and of the views in them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import ExposureSpec, SourceSpec, TrackedSpec

# PostgreSQL cuts longer names silently, and two of them may then be one.
MAX_BYTES = 63
HASH_LENGTH = 8
# What stands between a slug and its hash, and the end of a name that might be such a one.
BEFORE_HASH = "__"
LIKE_HASHED = re.compile(rf"{BEFORE_HASH}[0-9a-f]{{{HASH_LENGTH}}}\Z")

RESERVED = frozenset(
    {
        "information_schema",
        "main",
        "pg_catalog",
        "public",
        "seeknal_ci",
        "seeknal_ci_builds",
        "temp",
    }
)


def schema_name(environment: str, production: str) -> str:
    """The schema of an environment: its own name where that is a plain one, else a slug of it
    and a short hash, so that no two environments share a schema.

    A hash is added wherever the slug lost something, to names that the database keeps for itself
    and to those that end as if they had one. Raises SeeknalCiError for a name without a single
    letter or digit to go by, and for one that no database can hold.
    """
    if environment == production:
        return production
    if "\0" in environment or any("\ud800" <= character <= "\udfff" for character in environment):
        raise SeeknalCiError(
            f"the environment's name {environment!r} is no text",
            fix="choose a name such as dev or pr_42",
        )
    slug = re.sub(r"[^a-z0-9_]+", "_", environment.lower()).strip("_")
    if not any(character.isalnum() for character in environment):
        raise SeeknalCiError(
            f"the environment's name {environment!r} has no letter or digit",
            fix="choose a name such as dev or pr_42",
        )
    slug = slug or "env"  # as of a name in a script other than Latin
    kept = slug == environment and not slug[0].isdigit() and len(slug) <= MAX_BYTES
    kept = kept and not LIKE_HASHED.search(slug)
    if kept and slug not in RESERVED | {production} and not slug.startswith("pg_"):
        return slug
    mark = _mark(environment)
    lead = "env_" if slug[0].isdigit() or f"{slug}_".startswith("pg_") else ""
    room = MAX_BYTES - HASH_LENGTH - len(BEFORE_HASH)
    return f"{lead}{slug}"[:room].rstrip("_") + f"{BEFORE_HASH}{mark}"


def has_rows(node: Node) -> bool:
    """True for a node that is a table in an environment."""
    if isinstance(node.spec, SourceSpec):
        return node.spec.loaded
    return not isinstance(node.spec, ExposureSpec | TrackedSpec)


def view_names(manifest: Manifest) -> dict[str, str]:
    """Node id to view name: the node's `alias`, or its name; where two kinds share a name, the
    kind and the name, and where even that is another's, a short hash too. Names are compared as
    the database does, without case.
    """
    nodes = [node for node in manifest.nodes.values() if has_rows(node)]
    short = {node.id: str(node.definition.get("alias") or node.name) for node in nodes}
    long = {node.id: f"{node.kind}_{node.name}" for node in nodes}
    marked = {node.id: f"{long[node.id]}_{_mark(node.id)}" for node in nodes}
    names = dict(short)
    for longer in (long, marked):
        counts = Counter(name.lower() for name in names.values())
        for node_id, name in names.items():
            if counts[name.lower()] > 1:
                names[node_id] = longer[node_id]
    return names


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]

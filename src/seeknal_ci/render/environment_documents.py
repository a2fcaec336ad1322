"""Environments as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from seeknal_ci.model.environment import Environment, Footprint
from seeknal_ci.render.documents import Document


def environments_document(
    environments: Iterable[Environment], footprints: Mapping[str, Footprint], now: datetime
) -> Document:
    """Every environment without its nodes; `footprints` is by name."""
    return {
        "schema_version": 1,
        "environments": [
            {
                **_head(environment, footprints.get(environment.name, Footprint()), now),
                "nodes": len(environment.nodes),
            }
            for environment in environments
        ],
    }


def environment_document(environment: Environment, footprint: Footprint, now: datetime) -> Document:
    """One environment with its nodes."""
    nodes = [
        {"node": node.node, "build_id": node.build_id, "view": node.view}
        for node in environment.nodes
    ]
    return {"schema_version": 1, **_head(environment, footprint, now), "nodes": nodes}


def _head(environment: Environment, footprint: Footprint, now: datetime) -> Document:
    return {
        "environment": environment.name,
        "schema": environment.schema,
        "status": environment.status(now),
        "branch": environment.branch,
        "commit": environment.commit,
        "dirty": environment.dirty,
        "base_commit": environment.base_commit,
        "digest": environment.digest,
        "created_at": time_text(environment.created_at),
        "updated_at": time_text(environment.updated_at),
        "expires_at": None if environment.expires_at is None else time_text(environment.expires_at),
        "rows": footprint.rows,
        "bytes": footprint.bytes,
        "own_bytes": footprint.own_bytes,
        "changed": list(environment.changed),
        "overlaps": [
            {"environment": overlap.environment, "nodes": list(overlap.nodes)}
            for overlap in footprint.overlaps
        ],
    }


def time_text(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

"""Environments as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from seeknal_ci.model.environment import Environment
from seeknal_ci.render.documents import Document


def environments_document(environments: Iterable[Environment], rows: Mapping[str, int]) -> Document:
    """Every environment without its nodes; `rows` is how many rows its views show, by name."""
    return {
        "schema_version": 1,
        "environments": [
            {
                **_head(environment),
                "nodes": len(environment.nodes),
                "rows": rows.get(environment.name, 0),
            }
            for environment in environments
        ],
    }


def environment_document(environment: Environment) -> Document:
    """One environment with its nodes."""
    nodes = [
        {"node": node.node, "build_id": node.build_id, "view": node.view}
        for node in environment.nodes
    ]
    return {"schema_version": 1, **_head(environment), "nodes": nodes}


def _head(environment: Environment) -> Document:
    return {
        "environment": environment.name,
        "schema": environment.schema,
        "commit": environment.commit,
        "dirty": environment.dirty,
        "base_commit": environment.base_commit,
        "digest": environment.digest,
        "created_at": _time(environment.created_at),
        "updated_at": _time(environment.updated_at),
        "expires_at": None if environment.expires_at is None else _time(environment.expires_at),
    }


def _time(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

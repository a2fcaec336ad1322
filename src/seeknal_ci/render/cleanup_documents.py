"""A clean-up as JSON."""

from __future__ import annotations

from seeknal_ci.model.cleanup import Cleanup, DroppedEnvironment, DroppedTable
from seeknal_ci.render.documents import Document
from seeknal_ci.render.environment_documents import time_text


def cleanup_document(cleanup: Cleanup) -> Document:
    """`env gc --format json`: what was dropped, or would be, and what was left alone."""
    return {
        "schema_version": 1,
        "dry_run": cleanup.dry_run,
        "summary": {
            "environments": len(cleanup.environments),
            "tables": len(cleanup.tables),
            "bytes": cleanup.bytes,
        },
        "environments": [_environment(one) for one in cleanup.environments],
        "tables": [_table(one) for one in cleanup.tables],
        "left": [
            {"name": left.name, "why": left.why, "failed": left.failed} for left in cleanup.left
        ],
    }


def _environment(dropped: DroppedEnvironment) -> Document:
    environment = dropped.environment
    expires = environment.expires_at
    return {
        "environment": environment.name,
        "schema": environment.schema,
        "reason": str(dropped.reason),
        "expires_at": None if expires is None else time_text(expires),
        "branch": environment.branch,
    }


def _table(dropped: DroppedTable) -> Document:
    build = dropped.table.build
    return {
        "table": dropped.table.name,
        "reason": str(dropped.reason),
        "node": build.node if build else None,
        "build_id": build.id if build else None,
        "rows": build.rows if build else None,
        "bytes": dropped.table.bytes,
        "created_at": time_text(build.created_at) if build else None,
    }

"""Builds and environments to try a warehouse with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.environment import (
    Acknowledgement,
    Build,
    Environment,
    EnvironmentNode,
    Promotion,
)
from seeknal_ci.model.spec import Column, Json
from seeknal_ci.warehouse.identifiers import qualified, table_name
from seeknal_ci.warehouse.protocol import (
    BUILDS_SCHEMA,
    BuildRequest,
    FileRelation,
    QueryRelation,
    Relation,
    Warehouse,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORDERS = {"id": "BIGINT", "amount": "DECIMAL(10,2)"}


def build_id(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def request(node: str, relation: Relation | str, seed: str = "") -> BuildRequest:
    """A build of a node; another seed makes it another build of the same node."""
    kind, _, name = node.partition(".")
    id_ = build_id(f"{node}@{seed}")
    return BuildRequest(
        build_id=id_,
        node=node,
        table=table_name(kind, name, id_),
        relation=QueryRelation(relation) if isinstance(relation, str) else relation,
        run_id="run-1",
    )


def file_request(
    path: Path,
    format_: str = "csv",
    columns: Mapping[str, str] | Mapping[str, str | None] | None = None,
    **params: Json,
) -> BuildRequest:
    """A source in one file, called `data/<file name>` by the project."""
    declared = None
    if columns is not None:
        declared = tuple(Column(name, type_) for name, type_ in columns.items())
    shown_as = f"data/{path.name}"
    relation = FileRelation((path,), format_, declared, params, shown_as)
    return request("source.file", relation, str(relation))


def written(folder: Path, name: str, text: str | bytes) -> Path:
    """A new file with these bytes."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(
    warehouse: Warehouse,
    path: Path,
    format_: str = "csv",
    columns: Mapping[str, str] | None = None,
    **params: Json,
) -> WarehouseError:
    """The error that loading a file ends with; it is short, and says where the project has it."""
    with pytest.raises(WarehouseError) as caught:
        warehouse.build(file_request(path, format_, columns, **params))
    assert str(path.parent) not in str(caught.value)
    assert f"data/{path.name}" in caught.value.what
    assert len(caught.value.what) <= 500
    assert not caught.value.retriable
    return caught.value


def physical(build: Build) -> str:
    return qualified(BUILDS_SCHEMA, build.table)


def environment(
    name: str, builds: Mapping[str, Build], schema: str | None = None, commit: str = "c1"
) -> Environment:
    """An environment with a view, by its name, of each build."""
    nodes = tuple(EnvironmentNode(build.node, build.id, view) for view, build in builds.items())
    return Environment(
        name=name,
        schema=schema or name,
        commit=commit,
        dirty=False,
        base_commit="c0",
        digest="d1",
        created_at=NOON,
        updated_at=NOON,
        expires_at=None,
        nodes=nodes,
    )


def promotion(id_: str, target: Environment, finished_at: datetime = NOON) -> Promotion:
    return Promotion(
        id=id_,
        environment=target.name,
        from_commit=None,
        to_commit=target.commit,
        dirty=False,
        digest=target.digest,
        actor="ada",
        acknowledgements=(Acknowledgement("source.orders", "ada", "flag", 'it\'s "fine"'),),
        started_at=NOON,
        finished_at=finished_at,
        nodes=target.nodes,
    )

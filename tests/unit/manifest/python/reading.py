"""Python files to their nodes, for tests."""

from __future__ import annotations

from collections.abc import Mapping

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import PythonSpec
from tests.support.project import MemoryTree

IMPORTS = (
    "from seeknal.pipeline import source, transform, feature_group\n"
    "from seeknal.pipeline.decorators import materialize, second_order_aggregation\n"
)
PATH = "seeknal/nodes.py"


def load(content: str | bytes, others: Mapping[str, str | bytes] | None = None) -> Manifest:
    """The manifest of one Python file, and of other files."""
    return load_manifest(MemoryTree({PATH: content, **(others or {})}))


def nodes_of(text: str) -> dict[str, Node]:
    """Nodes of a file that takes its decorators from Seeknal; what they read may be missing."""
    manifest = load(IMPORTS + text)
    assert {p.code for p in manifest.problems} <= {"unknown-ref"}, manifest.problems
    return dict(manifest.nodes)


def node_of(text: str) -> Node:
    """The only node of such a file."""
    (node,) = nodes_of(text).values()
    return node


def problem_of(text: str) -> Problem:
    """The only problem of such a file, which has no node."""
    manifest = load(IMPORTS + text)
    (problem,) = manifest.problems
    assert not manifest.nodes
    return problem


def code_of(text: str, node: str = "transform.a") -> str:
    """The hash of a node's code."""
    spec = nodes_of(text)[node].spec
    assert isinstance(spec, PythonSpec)
    return spec.code


def marked(text: str) -> tuple[str, int, int]:
    """The text without its `→`, and the line and column of that once the imports are before it."""
    before, _, after = text.partition("→")
    whole = IMPORTS + before
    line = whole.count("\n") + 1
    return before + after, line, len(whole) - whole.rfind("\n")

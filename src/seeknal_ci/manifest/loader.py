"""The files of one version of a project to its manifest, with every problem of every file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seeknal_ci.manifest.checks import check_graph
from seeknal_ci.manifest.data_files import with_data_files
from seeknal_ci.manifest.nodes import read_node
from seeknal_ci.manifest.yaml_reader import read_documents
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity, in_order

FOLDER = "seeknal"
SHARED = "common"
PYTHON_NODE = re.compile(
    rb"^\s*@(source|transform|feature_group|second_order_aggregation|materialize)\b", re.MULTILINE
)


# What a file holds, by its path and blob id: each node, or None, with what is wrong with it.
Parsed = dict[tuple[str, str], tuple[tuple[Node | None, tuple[Problem, ...]], ...]]


def load_manifest(files: FileTree, project: str = "", parsed: Parsed | None = None) -> Manifest:
    """Every node below `<project>/seeknal/`, and everything wrong with them, sorted.

    `project` is the project's folder, relative to the repository; a YAML file without `kind` is
    no node, and a file that cannot be read is a problem, never a node that is gone. `parsed` is
    filled, and spares reading again what another version of the project has unchanged.
    """
    parsed = {} if parsed is None else parsed
    nodes: dict[str, Node] = {}
    problems: list[Problem] = list(_links(files, project))
    for path in _pipeline_files(files, project):
        key = (path, files.blobs[path])
        if key not in parsed:
            parsed[key] = tuple(_nodes_in(path, files.read(path)))
        for node, found in parsed[key]:
            problems += found
            if node is None:
                continue
            twin = nodes.setdefault(node.id, node)
            if twin is not node:
                problems.append(_twice(node, twin))
    nodes = {key: with_data_files(nodes[key], files, project) for key in sorted(nodes)}
    problems += check_graph(nodes)
    return Manifest(nodes, in_order(problems))


def project_folder(project: str) -> str:
    """The folder of the pipeline's files, with a slash at its end."""
    return f"{project}/{FOLDER}/" if project else f"{FOLDER}/"


def _pipeline_files(files: FileTree, project: str) -> Iterator[str]:
    folder = project_folder(project)
    for path in files.blobs:
        if not path.startswith(folder):
            continue
        inner = path[len(folder) :]
        if inner.startswith(f"{SHARED}/"):
            continue
        name = inner.rsplit("/", 1)[-1]
        is_python = name.endswith(".py") and not name.startswith("_") and "templates/" not in inner
        if is_python or name.endswith((".yml", ".yaml")):
            yield path


def _nodes_in(path: str, content: bytes) -> Iterator[tuple[Node | None, tuple[Problem, ...]]]:
    if path.endswith(".py"):
        yield None, tuple(_python_problems(path, content))
        return
    documents, problems = read_documents(path, content)
    if problems:
        yield None, problems
    for document in documents:
        if not isinstance(document.value, dict) or "kind" not in document.value:
            continue
        node, found = read_node(path, document)
        yield node, tuple(found)
        if node is not None and path.endswith(".yaml"):
            yield None, (_unread_by_seeknal(node),)


def _unread_by_seeknal(node: Node) -> Problem:
    return Problem(
        node.place,
        "yaml-extension",
        f"{node.id} is in a .yaml file, and Seeknal itself reads only .yml",
        fix="rename the file to .yml",
        node=node.id,
        severity=Severity.WARNING,
    )


def _twice(node: Node, twin: Node) -> Problem:
    return Problem(
        node.place,
        "duplicate-node",
        f"{node.id} is defined twice, first at {twin.place}",
        fix="rename or remove one of the two",
        node=node.id,
        related=twin.place,
    )


def _links(files: FileTree, project: str) -> Iterator[Problem]:
    folder = project_folder(project)
    for path in sorted(files.links):
        if path.startswith(folder):
            yield Problem(
                Place(path),
                "link",
                "a symbolic link or submodule among the pipeline's files is not followed",
                fix="put the file itself there",
                severity=Severity.WARNING,
            )


def _python_problems(path: str, content: bytes) -> Iterator[Problem]:
    match = PYTHON_NODE.search(content)
    if match:
        line = content[: match.start(1)].count(b"\n") + 1
        yield Problem(
            Place(path, line),
            "python-node",
            "the file defines a node in Python, which seeknal-ci does not read yet",
            fix="define the node in YAML, or leave the file out of this folder",
        )

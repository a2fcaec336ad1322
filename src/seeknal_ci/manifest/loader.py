"""The files of one version of a project to its manifest, with every problem of every file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from seeknal_ci.manifest.checks import check_graph
from seeknal_ci.manifest.data_files import with_data_files
from seeknal_ci.manifest.exposures import check_exposures
from seeknal_ci.manifest.ignores import ignores_in
from seeknal_ci.manifest.nodes import read_node
from seeknal_ci.manifest.python.modules import with_modules
from seeknal_ci.manifest.python.nodes import python_nodes
from seeknal_ci.manifest.yaml_reader import read_documents
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity, in_order

FOLDER = "seeknal"
SHARED = "common"
TEMPLATES = "templates"

# A line of the outermost mapping, as nearly every file has it, even one with an error elsewhere.
KIND = rb"^kind:[ \t]*['\"]?([A-Za-z_]+)['\"]?[ \t\r]*$"
NAME = rb"^name:[ \t]*['\"]?([^\s'\"#]+)['\"]?[ \t\r]*$"


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
    nodes = {key: with_modules(node, files, project) for key, node in nodes.items()}
    problems += check_graph(nodes, {problem.node for problem in problems if problem.node})
    problems += check_exposures(nodes, project)
    return Manifest(nodes, in_order(problems))


def project_folder(project: str) -> str:
    """The folder of the pipeline's files, with a slash at its end."""
    return f"{project}/{FOLDER}/" if project else f"{FOLDER}/"


def _pipeline_files(files: FileTree, project: str) -> Iterator[str]:
    folder = project_folder(project)
    for path in files.blobs:
        if not path.startswith(folder):
            continue
        *folders, name = path[len(folder) :].split("/")
        if folders[:1] == [SHARED]:
            continue
        is_python = name.endswith(".py") and not name.startswith("_") and TEMPLATES not in folders
        if is_python or name.endswith((".yml", ".yaml")):
            yield path


def _nodes_in(path: str, content: bytes) -> Iterator[tuple[Node | None, tuple[Problem, ...]]]:
    if path.endswith(".py"):
        yield from python_nodes(path, content)
        return
    documents, problems = read_documents(path, content)
    if problems:
        yield None, tuple(replace(problem, node=_likely_id(content)) for problem in problems)
    ignores, wrong = ignores_in(path, content, documents)
    if wrong:
        yield None, wrong
    for document, ignored in zip(documents, ignores, strict=True):
        if not isinstance(document.value, dict) or "kind" not in document.value:
            continue
        node, found = read_node(path, document)
        if node is not None and ignored:
            node = replace(node, ignores=ignored)
        yield node, tuple(found)
        if node is not None and path.endswith(".yaml"):
            yield None, (_unread_by_seeknal(node),)


def _likely_id(content: bytes) -> str | None:
    """The node of a file that cannot be read as YAML, where the file can only mean one."""
    found = [re.findall(key, content, re.MULTILINE) for key in (KIND, NAME)]
    if [len(names) for names in found] != [1, 1]:
        return None
    kind, name = (names[0].decode("utf-8", "replace") for names in found)
    return f"{kind}.{name}"


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

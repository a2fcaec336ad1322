"""The files of one version of a project to its manifest, with every problem of every file."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

from seeknal_ci.manifest.checks import check_graph
from seeknal_ci.manifest.collection import no_collection
from seeknal_ci.manifest.data_files import with_data_files
from seeknal_ci.manifest.exposures import check_exposures
from seeknal_ci.manifest.metrics import with_measures
from seeknal_ci.manifest.parse_cache import ParseCache
from seeknal_ci.manifest.python.modules import with_modules
from seeknal_ci.manifest.stored import Entry
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity, in_order

FOLDER = "seeknal"
SHARED = "common"
TEMPLATES = "templates"

# Of so many nodes, those that are there already are not looked through for garbage again.
MANY = 500


def load_manifest(files: FileTree, project: str = "", parsed: ParseCache | None = None) -> Manifest:
    """Every node below `<project>/seeknal/`, and everything wrong with them, sorted.

    `project` is the project's folder, relative to the repository; a YAML file without `kind` is
    no node, and a file that cannot be read is a problem, never a node that is gone. `parsed` is
    filled, and spares reading again what another version of the project has unchanged.
    """
    parsed = ParseCache() if parsed is None else parsed
    with no_collection():
        manifest = _load(files, project, parsed)
        # What DuckDB is made with complains at exit of objects that were taken from the collector.
        if len(manifest.nodes) >= MANY and "duckdb" not in sys.modules:
            gc.freeze()
    return manifest


def _load(files: FileTree, project: str, parsed: ParseCache) -> Manifest:
    nodes: dict[str, Node] = {}
    problems: list[Problem] = list(_links(files, project))
    for path in _pipeline_files(files, project):
        for node, found in _entry(files, path, parsed):
            problems += found
            if node is None:
                continue
            twin = nodes.setdefault(node.id, node)
            if twin is not node:
                problems.append(_twice(node, twin))
    nodes, wrong = _filled(nodes, files, project)
    problems += wrong
    nodes = {key: with_data_files(nodes[key], files, project) for key in sorted(nodes)}
    nodes = {key: with_modules(node, files, project) for key, node in nodes.items()}
    nodes = with_measures(nodes)
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


def _entry(files: FileTree, path: str, parsed: ParseCache) -> Entry:
    """What a file holds, which is read only where it is not known."""
    blob = files.blobs[path]
    entry = parsed.get(path, blob)
    if entry is None:
        # Where every file is known, neither YAML nor pydantic is loaded.
        from seeknal_ci.manifest.parse import nodes_in

        entry = tuple(nodes_in(path, files.read(path)))
        parsed.put(path, blob, entry)
    return entry


def _filled(
    nodes: dict[str, Node], files: FileTree, project: str
) -> tuple[dict[str, Node], tuple[Problem, ...]]:
    """The nodes with their templates filled in, and what is wrong with those and what they use."""
    folder = f"{project_folder(project)}{SHARED}/"
    shares = any(path.startswith(folder) for path in files.blobs)
    if not shares and not any(node.templated for node in nodes.values()):
        return nodes, ()
    # Most projects have no templates, and most runs of others find every file known.
    from seeknal_ci.manifest.shared import read_shared, shared_files
    from seeknal_ci.manifest.templates.nodes import fill_templates

    shared = read_shared(files, shared_files(files, folder))
    filled, problems = fill_templates(nodes, shared)
    return filled, (*shared.problems, *problems)


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

"""One file of the pipeline to what it defines. It depends on nothing but its path and content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from seeknal_ci.manifest.ignores import ignores_in
from seeknal_ci.manifest.nodes import misspelt_kind, read_node
from seeknal_ci.manifest.yaml_reader import read_documents
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem, Severity

# A line of the outermost mapping, as nearly every file has it, even one with an error elsewhere.
KIND = rb"^kind:[ \t]*['\"]?([A-Za-z_]+)['\"]?[ \t\r]*$"
NAME = rb"^name:[ \t]*['\"]?([^\s'\"#]+)['\"]?[ \t\r]*$"


def nodes_in(path: str, content: bytes) -> Iterator[tuple[Node | None, tuple[Problem, ...]]]:
    """Each node of a file, or None, with what is wrong with it."""
    if path.endswith(".py"):
        # Most projects have no nodes in Python.
        from seeknal_ci.manifest.python.nodes import python_nodes

        yield from python_nodes(path, content)
        return
    documents, problems = read_documents(path, content)
    if problems:
        yield None, tuple(replace(problem, node=_likely_id(content)) for problem in problems)
    ignores, wrong = ignores_in(path, content, documents)
    if wrong:
        yield None, wrong
    for document, ignored in zip(documents, ignores, strict=True):
        if not isinstance(document.value, dict):
            continue
        if "kind" not in document.value:
            misspelt = misspelt_kind(path, document)
            if misspelt is not None:
                yield None, (misspelt,)
            continue
        node, found = read_node(path, document)
        if node is not None and (ignored or _may_be_template(content, node)):
            templated = _may_be_template(content, node)
            node = replace(node, ignores=ignored, templated=templated)
        yield node, tuple(found)
        if node is not None and path.endswith(".yaml"):
            yield None, (_unread_by_seeknal(node),)


def _may_be_template(content: bytes, node: Node) -> bool:
    """False for a node without templates, which then costs nothing more; `$name` is an input."""
    if b"{{" in content or b"{%" in content or b"{#" in content:
        return True
    return b"$" in content and any(edge.aliases for edge in node.inputs)


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

"""Files of the project that a node in Python imports: a change of one changes the node."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache

from seeknal_ci.manifest.python.source import RefusedError, read_python
from seeknal_ci.manifest.python.tokens import digest, tokens
from seeknal_ci.manifest.python.tree import walk
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Json, PythonSpec

FIELD = "modules"


def imports_of(tree: ast.AST) -> tuple[str, ...]:
    """Dotted names of all that a file may import, sorted; dots lead those relative to the file.

    `from a import b` may mean the module `a.b`, or a name in `a`: both are in it.
    """
    found: set[str] = set()
    for item in walk(tree):
        if isinstance(item, ast.Import):
            found.update(alias.name for alias in item.names)
        elif isinstance(item, ast.ImportFrom):
            start = "." * item.level + (item.module or "")
            joint = "" if start.endswith(".") else "."
            found.update(f"{start}{joint}{alias.name}" for alias in item.names)
            found.add(start)
        elif isinstance(item, ast.Call) and _is_import(item.func):
            names = [n.value for n in item.args if isinstance(n, ast.Constant)]
            found.update(name for name in names[:1] if isinstance(name, str))
    return tuple(sorted(found))


def with_modules(node: Node, files: FileTree, project: str) -> Node:
    """The node, with a hash of every file of the project that its file imports, directly or not.

    Formatting and comments of such a file do not count, as they do not in the node's own.
    """
    if not isinstance(node.spec, PythonSpec):
        return node
    found: dict[str, Json] = {}
    due = [(node.place.path, node.spec.imports)]
    while due:
        importer, names = due.pop()
        for name in names:
            for path in _files(name, importer, files.blobs, project):
                if path not in found and path != node.place.path:
                    found[path], inner = _read(path, files.read(path), files.blobs[path])
                    due.append((path, inner))
    if not found:
        return node
    modules: Json = {path: found[path] for path in sorted(found)}
    return replace(node, definition={**node.definition, FIELD: modules})


def _is_import(function: ast.expr) -> bool:
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name in ("import_module", "__import__")


@lru_cache(maxsize=256)
def _read(path: str, content: bytes, blob_id: str) -> tuple[str, tuple[str, ...]]:
    """A hash of a module, and what it imports; of one that cannot be read, the blob's id."""
    try:
        tree = read_python(path, content).tree
    except RefusedError:
        return blob_id, ()
    return digest(tokens(tree)), imports_of(tree)


def _files(name: str, importer: str, blobs: Collection[str], project: str) -> Iterator[str]:
    """Files that running an import would run, wherever the search for it may begin.

    Which folders Python searches is known only when it runs: the project's, the pipeline's, the
    shared and the importing file's own are all taken.
    """
    folder = posixpath.dirname(importer)
    bare = name.lstrip(".")
    parts = bare.split(".") if bare else []
    is_relative = name.startswith(".")
    if is_relative:
        for _ in range(len(name) - len(bare) - 1):
            folder = posixpath.dirname(folder)
        roots = [folder]
    else:
        pipeline = posixpath.join(project, "seeknal")
        roots = ["", project, pipeline, posixpath.join(pipeline, "common"), folder]
    for root in dict.fromkeys(roots):
        for end in range(0 if is_relative else 1, len(parts) + 1):
            stem = posixpath.join(root, *parts[:end])
            for path in (f"{stem}.py" if end else "", posixpath.join(stem, "__init__.py")):
                if path in blobs:
                    yield path

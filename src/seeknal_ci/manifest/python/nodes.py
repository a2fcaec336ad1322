"""A Python file to the nodes that it defines, or to the problems that keep them from being read."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.misshapen import misshapen
from seeknal_ci.manifest.python.arguments import Arguments, arguments_of
from seeknal_ci.manifest.python.code import ModuleCode
from seeknal_ci.manifest.python.columns import column_problems, columns_of
from seeknal_ci.manifest.python.decorators import MATERIALIZE, Decorated, Decorator, Decorators
from seeknal_ci.manifest.python.edges import declared_inputs
from seeknal_ci.manifest.python.header import Header, script_header
from seeknal_ci.manifest.python.literals import Literals
from seeknal_ci.manifest.python.modules import imports_of
from seeknal_ci.manifest.python.reads import reads_of
from seeknal_ci.manifest.python.scopes import Function, bound_names
from seeknal_ci.manifest.python.source import (
    PythonSource,
    RefusedError,
    may_define_nodes,
    read_python,
    too_deep,
)
from seeknal_ci.model.node import METADATA_FIELDS, Input, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json, Mark, PythonSpec

Found = tuple[Node | None, tuple[Problem, ...]]

# Kinds whose nodes Seeknal names after the function where the decorator gives no name.
NAMED_AFTER_FUNCTION = ("feature_group", "transform")

# What Seeknal takes for an argument that is not given, where it decides what is read or written.
DEFAULTS: dict[str, dict[str, Json]] = {
    MATERIALIZE: {"type": "iceberg", "table": "", "mode": "full"},
    "source": {"source": "csv", "table": ""},
}

REASON = "a node in Python is compared, but not executed"

# Classes of Seeknal whose calls say no more than a mapping of their arguments does.
RECORDS = (
    "FeatureView",
    "IcebergTable",
    "Materialization",
    "MaterializationConfig",
    "OfflineConfig",
    "OnlineConfig",
)


def python_nodes(path: str, content: bytes) -> tuple[Found, ...]:
    """Each node of a file, or None, with what is wrong with it. The file is never run."""
    if not may_define_nodes(content):
        return ()
    try:
        return tuple(_nodes(read_python(path, content)))
    except RefusedError as error:
        return ((None, (error.problem,)),)
    except RecursionError:
        return ((None, (too_deep(path).problem,)),)


@dataclass(frozen=True)
class _File:
    """All that the nodes of one file share."""

    source: PythonSource
    literals: Literals
    code: ModuleCode
    header: Header
    # Functions of the outermost level that have their names for themselves.
    functions: dict[str, Function]
    imports: tuple[str, ...]


def _nodes(source: PythonSource) -> Iterator[Found]:
    decorators = Decorators(source)
    if decorators.problems:
        yield None, tuple(decorators.problems)
    if not decorators.found:
        return
    file = _File(
        source,
        Literals(source, lambda called: _is_record(called, decorators)),
        ModuleCode(
            source.tree,
            [item.function for item in decorators.found],
            [d.expression for item in decorators.found for d in item.decorators],
        ),
        script_header(source),
        _functions(source.tree),
        imports_of(source.tree),
    )
    for item in decorators.found:
        if not item.makes_node:
            yield None, (_alone(item, file),)
        for decorator in item.decorators:
            if decorator.name != MATERIALIZE:
                try:
                    yield _node(item, decorator, file)
                except RefusedError as error:
                    yield None, (error.problem,)


def _node(item: Decorated, decorator: Decorator, file: _File) -> Found:
    arguments = arguments_of(decorator, file.literals)
    kind, name = decorator.name, _name(item, decorator, arguments, file)
    node_id = f"{kind}.{name}"
    problems: list[Problem] = []
    reads = reads_of(item.function, file.functions, file.literals)
    declared, undeclared = declared_inputs(kind, arguments, file.literals)
    problems += [replace(problem, node=node_id) for problem in undeclared]
    for opaque in reads.opaque:
        if opaque.always or "inputs" not in arguments.values:
            place = file.source.place(opaque.node)
            problems.append(Problem(place, "python-read", opaque.message, opaque.fix, node_id))
    inputs = _once((*declared, *reads.inputs))
    code = file.code.hash_of(item.function, reads.refs, _deciding(arguments))
    marks = {**file.header.marks, **arguments.marks, "code": file.source.mark(item.function)}
    definition: dict[str, Json] = {
        **file.header.fields,
        **DEFAULTS.get(kind, {}),
        **arguments.values,
        **_targets(item, arguments, file, marks),
        "kind": kind,
        "name": name,
        "code": code,
    }
    if inputs:
        definition["inputs"] = [{"ref": edge.ref} for edge in inputs]
        first = inputs[0].place
        marks.setdefault("inputs", (first.line, first.column or 1))
    place = file.source.place(decorator.expression)
    found = columns_of(arguments.values)
    if found is not None:
        at = Place(place.path, *marks[found[0]])
        problems += column_problems(*found, arguments.values[found[0]], at, node_id)
    if problems:
        return None, tuple(problems)
    spec = PythonSpec(REASON, code, found and found[1], file.imports)
    return Node(kind, name, place, spec, inputs, definition, marks), ()


def _name(item: Decorated, decorator: Decorator, arguments: Arguments, file: _File) -> str:
    """The node's name, checked as YAML's are. Raises RefusedError."""
    kind, at = decorator.name, arguments.code.get("name", decorator.expression)
    given = arguments.values.get("name")
    if given is None and kind in NAMED_AFTER_FUNCTION:
        return item.function.name
    if given is None:
        fix = f'write `@{kind}(name="{item.function.name}")`'
        raise _refused(file, at, "invalid-field", f"a node of kind {kind} needs `name`", fix)
    if "name" in arguments.computed:
        what = f"the name of this {kind} cannot be told: `{given}` is no text that stands there"
        raise _refused(file, at, "not-literal", what, 'write the name as text: `name="…"`')
    if not isinstance(given, str):
        what = f"the name of this {kind} is no text"
        raise _refused(file, at, "invalid-field", what, 'write the name as text: `name="…"`')
    try:
        return NodeShape.model_validate({"kind": kind, "name": given}).name
    except ValidationError as error:
        what, fix = misshapen("name", dict(error.errors(include_url=False)[0]))
        raise _refused(file, at, "invalid-field", what, fix) from error


def _targets(
    item: Decorated, arguments: Arguments, file: _File, marks: dict[str, Mark]
) -> dict[str, Json]:
    """The tables that `@materialize` names, the lowest decorator first, as Seeknal applies them."""
    above = arguments.values.get("materializations", [])
    targets: list[Json] = [*above] if isinstance(above, list) else [above]
    for decorator in reversed(item.decorators):
        if decorator.name == MATERIALIZE:
            said = arguments_of(decorator, file.literals)
            targets.append({**DEFAULTS[MATERIALIZE], **said.values})
            marks.setdefault("materializations", file.source.mark(decorator.expression))
    return {"materializations": targets} if targets else {}


def _deciding(arguments: Arguments) -> list[ast.expr]:
    """Computed arguments that may decide rows: what they use is code of the node."""
    return [node for key, node in arguments.computed.items() if key not in METADATA_FIELDS]


def _once(edges: tuple[Input, ...]) -> tuple[Input, ...]:
    first: dict[str, Input] = {}
    for edge in edges:
        first.setdefault(edge.ref, edge)
    return tuple(first.values())


def _functions(tree: ast.Module) -> dict[str, Function]:
    counts = Counter(bound_names(tree.body)[0])
    return {
        item.name: item
        for item in tree.body
        if isinstance(item, Function) and counts[item.name] == 1
    }


def _is_record(called: ast.expr, decorators: Decorators) -> bool:
    return any(
        origin.startswith("seeknal.") and origin.rpartition(".")[2] in RECORDS
        for origin in decorators.origins(called)
    )


def _alone(item: Decorated, file: _File) -> Problem:
    return Problem(
        file.source.place(item.decorators[0].expression),
        "python-node",
        f"`@{MATERIALIZE}` alone makes no node of `{item.function.name}`",
        fix="write `@transform`, or what else the node is, above it",
    )


def _refused(file: _File, node: ast.expr, code: str, message: str, fix: str) -> RefusedError:
    return RefusedError(Problem(file.source.place(node), code, message, fix=fix))

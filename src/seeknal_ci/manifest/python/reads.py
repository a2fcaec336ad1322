"""What a node's function reads: `ctx.ref("kind.name")` in it, and in what it hands `ctx` to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seeknal_ci.manifest.python.arguments import source_text
from seeknal_ci.manifest.python.literals import Literals, NotLiteralError
from seeknal_ci.manifest.python.scopes import Function
from seeknal_ci.manifest.python.tree import children, walk
from seeknal_ci.model.node import Input

REF = "ref"
FEATURES = "features"
ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Opaque:
    """A piece of code that reads nodes of which it cannot be told which."""

    node: ast.expr
    message: str
    fix: str = "name every node that it reads in `inputs=` of the decorator"
    # False where `inputs=` of the decorator is taken to say what is read.
    always: bool = False


@dataclass(frozen=True, slots=True)
class Reads:
    """Nodes that a function reads, in the order of the code, and what cannot be told of them.

    `refs` are the arguments of `ctx.ref`, which name nodes and none of the module's own names.
    """

    inputs: tuple[Input, ...]
    opaque: tuple[Opaque, ...]
    refs: tuple[ast.expr, ...]


def reads_of(function: Function, module: Mapping[str, Function], literals: Literals) -> Reads:
    """What a function reads through its first parameter, the context.

    `module` has the file's functions by name: the context is followed into them.
    """
    inputs: list[Input] = []
    opaque: list[Opaque] = []
    refs: list[ast.expr] = []
    due = [(function, _first_parameter(function))]
    done: set[tuple[int, str]] = set()
    while due:
        current, context = due.pop()
        if context is None or (id(current), context) in done:
            continue
        done.add((id(current), context))
        for use in _uses(current, context):
            if isinstance(use, _HandedOn):
                target = module.get(use.function)
                parameter = None if target is None else _parameter(target, use)
                if target is None or parameter is None:
                    opaque.append(
                        Opaque(use.node, f"`{context}` is handed to code that may read any node")
                    )
                else:
                    due.append((target, parameter))
            elif isinstance(use, ast.Call):
                _called(use, context, literals, inputs, opaque)
                refs += use.args
            else:
                opaque.append(Opaque(use, f"`{context}` is used in a way that hides what is read"))
    inputs.sort(key=lambda edge: (edge.place.line, edge.place.column or 0))
    return Reads(tuple(inputs), tuple(opaque), tuple(refs))


@dataclass(frozen=True, slots=True)
class _HandedOn:
    """The context as an argument of a call, by its position or name."""

    node: ast.expr
    function: str
    argument: int | str


def _first_parameter(function: Function) -> str | None:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    if named:
        return named[0].arg
    rest = arguments.vararg or next(iter(arguments.kwonlyargs), None) or arguments.kwarg
    return None if rest is None else rest.arg


def _parameter(function: Function, use: _HandedOn) -> str | None:
    """The parameter that an argument of a call becomes."""
    arguments = function.args
    named = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    if isinstance(use.argument, int):
        return named[use.argument] if use.argument < len(named) else None
    keywords = {item.arg for item in (*arguments.args, *arguments.kwonlyargs)}
    return use.argument if use.argument in keywords else None


def _uses(function: Function, context: str) -> Iterator[ast.Call | _HandedOn | ast.expr]:
    """Calls that read nodes, calls that get the context, and uses that are neither.

    Attributes such as `ctx.duckdb` read no node; so does a question such as `ctx is None`.
    """
    above: dict[int, ast.AST] = {}
    names: list[ast.Name] = []
    for statement in function.body:
        for item in walk(statement):
            above.update((id(child), item) for child in children(item))
            if isinstance(item, ast.Name) and item.id == context:
                names.append(item)
    for name in names:
        parent = above.get(id(name))
        if isinstance(parent, ast.Attribute):
            call = above.get(id(parent))
            if parent.attr in (REF, FEATURES, ENTITY):
                is_called = isinstance(call, ast.Call) and call.func is parent
                yield call if is_called and isinstance(call, ast.Call) else parent
            elif parent.attr.startswith("_"):
                yield parent
        elif not _is_question(parent, name):
            yield _handed_on(name, parent, above) or name


def _is_question(parent: ast.AST | None, name: ast.Name) -> bool:
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return parent.test is name
    return isinstance(parent, ast.Compare) or (
        isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    )


def _handed_on(
    name: ast.Name, parent: ast.AST | None, above: Mapping[int, ast.AST]
) -> _HandedOn | None:
    call = above.get(id(parent)) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    if isinstance(parent, ast.keyword):
        return None if parent.arg is None else _HandedOn(name, call.func.id, parent.arg)
    for index, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            return None
        if argument is name:
            return _HandedOn(name, call.func.id, index)
    return None


def _called(
    call: ast.Call,
    context: str,
    literals: Literals,
    inputs: list[Input],
    opaque: list[Opaque],
) -> None:
    """Read one of `ctx.ref(…)`, `ctx.features(…)` and `ctx.entity(…)`."""
    assert isinstance(call.func, ast.Attribute), "only calls of the context's methods are read"
    method = call.func.attr
    arguments: dict[int | str | None, ast.expr] = dict(enumerate(call.args))
    arguments.update((word.arg, word.value) for word in call.keywords)
    if method == ENTITY:
        message = f"`{context}.entity` reads all feature groups of an entity, and names none"
        opaque.append(Opaque(call, message))
        return
    if method == REF:
        argument = arguments.get(0) or arguments.get("node_id")
        name = None if argument is None else literals.text(argument)
        if argument is None or name is None:
            message = f"`{source_text(call)}` does not say outright which node is read"
            fix = f'write the node\'s id as text: `{context}.ref("kind.name")`'
            opaque.append(Opaque(argument or call, message, fix, always=True))
        else:
            inputs.append(Input(name, literals.source.place(argument)))
        return
    listed = arguments.get(1) or arguments.get("feature_list")
    try:
        items = [] if listed is None else literals.elements(listed)
    except NotLiteralError:
        items = []
    names = [literals.text(item) for item in items]
    for item, name in zip(items, names, strict=True):
        if name is not None:
            ref = f"feature_group.{name.partition('.')[0]}"
            inputs.append(Input(ref, literals.source.place(item)))
    if not names or None in names:
        message = f"`{context}.features` does not say outright which features are read"
        opaque.append(Opaque(call, message))

"""Which names of a piece of code are the module's, and which are its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seeknal_ci.manifest.python.tree import children, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def global_names(node: ast.AST) -> Iterator[ast.Name]:
    """Every name in a piece of code that is looked up in the module.

    A name that any function around it binds is that function's, and left out.
    """
    stack: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset())]
    while stack:
        item, hidden = stack.pop()
        if isinstance(item, ast.Name):
            if item.id not in hidden:
                yield item
        elif isinstance(item, Scope):
            inner = hidden | own_names(item)
            body = item.body if isinstance(item.body, list) else [item.body]
            stack += [(child, inner) for child in body]
            inside = set(map(id, body))
            around = [c for c in children(item) if id(c) not in inside]
            stack += [(child, hidden) for child in around]
        else:
            if isinstance(item, COMPREHENSIONS):
                hidden = hidden | _targets(item)
            stack += [(child, hidden) for child in children(item)]


def own_names(function: Scope) -> frozenset[str]:
    """What a function binds itself: parameters, and all that its body assigns."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    names = {argument.arg for argument in named}
    body = function.body if isinstance(function.body, list) else []
    found, elsewhere = bound_names(body)
    return frozenset((names | set(found)) - elsewhere)


def bound_names(body: list[ast.stmt]) -> tuple[list[str], set[str]]:
    """Names that statements bind in their own scope, once for every time, and those that they
    declare to be of another one.
    """
    found: list[str] = []
    elsewhere: set[str] = set()
    stack: list[ast.AST] = list(body)
    while stack:
        item = stack.pop()
        if isinstance(item, Function | ast.ClassDef):
            found.append(item.name)
            stack += item.decorator_list
        elif isinstance(item, ast.Lambda):
            continue
        elif isinstance(item, COMPREHENSIONS):
            found += [n.target.id for n in walk(item) if isinstance(n, ast.NamedExpr)]
        else:
            if isinstance(item, ast.Global | ast.Nonlocal):
                elsewhere.update(item.names)
            found += _bound_by(item)
            stack += children(item)
    return found, elsewhere


def bound_as(alias: ast.alias) -> str:
    """The name that an import gives what it imports."""
    return alias.asname or alias.name.split(".")[0]


def _bound_by(item: ast.AST) -> list[str]:
    if isinstance(item, ast.Name):
        return [] if isinstance(item.ctx, ast.Load) else [item.id]
    if isinstance(item, ast.Import | ast.ImportFrom):
        return [bound_as(alias) for alias in item.names]
    if isinstance(item, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return [item.name] if item.name else []
    if isinstance(item, ast.MatchMapping):
        return [item.rest] if item.rest else []
    return []


def _targets(item: ast.AST) -> frozenset[str]:
    return frozenset(
        name.id
        for part in children(item)
        if isinstance(part, ast.comprehension)
        for name in walk(part.target)
        if isinstance(name, ast.Name)
    )

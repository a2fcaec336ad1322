"""What decides the rows of a node in Python: its function, and what of the file that may use."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from seeknal_ci.manifest.python.scopes import Function, bound_as, global_names, own_names
from seeknal_ci.manifest.python.tokens import digest, is_text, tokens
from seeknal_ci.manifest.python.tree import children, walk

# Code that finds other code by names which are no names in the syntax tree.
DYNAMIC = frozenset({"__import__", "eval", "exec", "globals", "locals", "vars"})
WORD = re.compile(r"[^\W\d]\w*")
RUNS_CODE = (ast.Await, ast.Call, ast.NamedExpr, ast.Yield, ast.YieldFrom)
QUIET_DECORATORS = frozenset({"classmethod", "property", "staticmethod"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement of the outermost level, with the names that it binds.

    `needed` where it counts only for who uses one of them; `is_value` where SQL may name it.
    """

    statement: ast.stmt
    binds: frozenset[str] = frozenset()
    needed: bool = False
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class _Uses:
    """Names of the module that a piece of code uses, and words of its texts."""

    names: frozenset[str]
    words: frozenset[str]


class ModuleCode:
    """The code of one file, to be asked about its nodes.

    `nodes` are the functions that are nodes, `decorators` the expressions that make them such:
    what they say is in the nodes' definitions.
    """

    def __init__(
        self, tree: ast.Module, nodes: Collection[Function], decorators: Iterable[ast.expr]
    ) -> None:
        self._nodes = {id(node): node for node in nodes}
        self._decorators = frozenset(map(id, decorators))
        parts = [_part(s, self._decorators) for s in tree.body if id(s) not in self._nodes]
        parts += [_Part(node, frozenset({node.name}), needed=True) for node in nodes]
        parts.sort(key=lambda part: (part.statement.lineno, part.statement.col_offset))
        self._parts = parts
        self._binding: dict[str, list[_Part]] = defaultdict(list)
        for part in parts:
            for name in part.binds:
                self._binding[name].append(part)
        self._cached_uses: dict[int, _Uses] = {}
        self._cached_tokens: dict[int, list[str]] = {}
        self._documented = any(
            getattr(item, "attr", getattr(item, "id", "")) == "__doc__" for item in walk(tree)
        )

    def hash_of(
        self, function: Function, refs: Iterable[ast.expr] = (), also: Iterable[ast.expr] = ()
    ) -> str:
        """A sha256 in hex of a node's function and of all that it can reach in the file.

        `refs` name nodes and no code; `also` are expressions whose names the node uses too. The
        name of the function itself is left out, so that a renamed node is seen as one.
        """
        found = [type(function).__name__]
        for field, value in ast.iter_fields(function):
            for item in value if isinstance(value, list) else [value]:
                is_code = isinstance(item, ast.AST) and (self._documented or not is_text(item))
                if is_code and id(item) not in self._decorators:
                    found += [field, *self._tokens(item)]
        ignored = frozenset(id(part) for ref in refs for part in walk(ref))
        imports: list[str] = []
        for part in self._reached(function, ignored, also):
            if isinstance(part.statement, ast.Import | ast.ImportFrom):
                imports += _import_lines(part.statement, part.binds)
            else:
                found += self._part_tokens(part.statement)
        return digest([*found, *sorted(imports)])

    def _tokens(self, item: ast.AST) -> Iterable[str]:
        """The code without the nodes in it, each of which is a part of its own."""
        without = (self._nodes.keys() | self._decorators) - {id(item)}
        return tokens(item, without, docstrings=self._documented)

    def _part_tokens(self, statement: ast.stmt) -> list[str]:
        if id(statement) not in self._cached_tokens:
            self._cached_tokens[id(statement)] = list(self._tokens(statement))
        return self._cached_tokens[id(statement)]

    def _reached(
        self, function: Function, ignored: frozenset[int], also: Iterable[ast.expr]
    ) -> list[_Part]:
        """Parts of the file that the node can reach by name, or that always run, in order."""
        others = [part for part in self._parts if part.statement is not function]
        taken = {id(part) for part in others if not part.needed}
        due = [self._uses(item, ignored) for item in (function, *also)]
        due += [self._part_uses(part) for part in others if not part.needed]
        names: set[str] = set()
        words: set[str] = set()
        while due:
            uses = due.pop()
            if not DYNAMIC.isdisjoint(uses.names):
                return others
            found = [p for name in uses.names - names for p in self._binding.get(name, ())]
            found += [
                part
                for word in uses.words - words
                for part in self._binding.get(word, ())
                if part.is_value
            ]
            names |= uses.names
            words |= uses.words
            for part in found:
                if id(part) not in taken and part.statement is not function:
                    taken.add(id(part))
                    due.append(self._part_uses(part))
        return [_narrowed(part, names) for part in others if id(part) in taken]

    def _part_uses(self, part: _Part) -> _Uses:
        if id(part) not in self._cached_uses:
            self._cached_uses[id(part)] = self._uses(part.statement, frozenset())
        return self._cached_uses[id(part)]

    def _uses(self, item: ast.AST, ignored: frozenset[int]) -> _Uses:
        inside = self._inside(item)
        names = frozenset(name.id for name in global_names(item) if id(name) in inside)
        return _Uses(names, frozenset(_words(item, inside - ignored)))

    def _inside(self, item: ast.AST) -> set[int]:
        """Identities of a piece of code, Seeknal's decorators and nodes within it left out."""
        found: set[int] = set()
        stack = [item]
        while stack:
            part = stack.pop()
            found.add(id(part))
            stack += [
                child
                for child in children(part)
                if id(child) not in self._decorators and id(child) not in self._nodes
            ]
        return found


def _part(statement: ast.stmt, decorators: Collection[int]) -> _Part:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            quiet = not _runs([statement], decorators)
            return _Part(statement, frozenset({statement.name}), needed=quiet)
        case ast.Import() | ast.ImportFrom():
            names = frozenset(bound_as(alias) for alias in statement.names)
            always = "*" in names or getattr(statement, "module", "") == "__future__"
            return _Part(statement, names, needed=not always)
        case ast.Assign() | ast.AnnAssign():
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = frozenset(n.id for t in targets for n in walk(t) if isinstance(n, ast.Name))
            plain = all(isinstance(t, ast.Name | ast.Tuple | ast.List) for t in targets)
            quiet = plain and not _runs([statement], decorators)
            return _Part(statement, names, needed=quiet, is_value=True)
        case _:
            return _Part(statement, needed=isinstance(statement, ast.Pass) or is_text(statement))


def _runs(nodes: Iterable[ast.AST], decorators: Collection[int]) -> bool:
    """True if to define this may do more than that. The bodies of functions do not run."""
    stack = list(nodes)
    while stack:
        item = stack.pop()
        if isinstance(item, RUNS_CODE):
            return True
        if isinstance(item, Function | ast.ClassDef):
            named = [d for d in item.decorator_list if id(d) not in decorators]
            if any(getattr(d, "id", "") not in QUIET_DECORATORS for d in named):
                return True
        if isinstance(item, ast.ClassDef):
            if item.bases or item.keywords:
                return True
            stack += item.body
        elif isinstance(item, Function | ast.Lambda):
            stack.append(item.args)
        else:
            stack += children(item)
    return False


def _words(item: ast.AST, inside: Collection[int]) -> Iterator[str]:
    """Words of the texts in a piece of code: DuckDB finds a DataFrame by its variable's name."""
    own = own_names(item) if isinstance(item, Function) else frozenset()
    for child in walk(item):
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and id(child) in inside:
            yield from (word for word in WORD.findall(child.value) if word not in own)


def _narrowed(part: _Part, names: Collection[str]) -> _Part:
    """An import without the names that nothing uses."""
    if isinstance(part.statement, ast.Import | ast.ImportFrom) and part.needed:
        return replace(part, binds=frozenset(part.binds & set(names)))
    return part


def _import_lines(statement: ast.Import | ast.ImportFrom, names: Collection[str]) -> Iterator[str]:
    """An import in as many lines as it has names, so that to sort imports changes nothing."""
    module = ""
    if isinstance(statement, ast.ImportFrom):
        module = f"{'.' * statement.level}{statement.module or ''}:"
    for alias in statement.names:
        if bound_as(alias) in names:
            yield ascii(f"{module}{alias.name} as {bound_as(alias)}")

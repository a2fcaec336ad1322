"""Which functions of a file Seeknal's decorators make nodes of."""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from seeknal_ci.manifest.python.scopes import Function, bound_as, bound_names, global_names
from seeknal_ci.manifest.python.source import PythonSource
from seeknal_ci.manifest.python.tree import children, walk
from seeknal_ci.model.problem import Problem

MATERIALIZE = "materialize"

# Decorators to their positional parameters, in order, as Seeknal 2.x has them.
SIGNATURES: dict[str, tuple[str, ...]] = {
    "feature_group": ("name", "entity", "features", "inputs", "materialization", "tags"),
    "feature_service": (),
    MATERIALIZE: ("type", "connection", "table", "mode", "time_column", "lookback", "unique_keys"),
    "second_order_aggregation": (
        "name",
        "id_col",
        "feature_date_col",
        "features",
        "application_date_col",
        "description",
        "owner",
        "tags",
        "materialization",
    ),
    "source": (
        "name",
        "source",
        "table",
        "columns",
        "tags",
        "materialization",
        "query",
        "connection",
    ),
    "transform": ("name", "sql", "inputs", "tags", "materialization"),
}

# Modules that have the decorators; `seeknal.common` and the like are the project's own.
MODULES = ("seeknal", "seeknal.decorators", "seeknal.pipeline")
INSIDE = "seeknal.pipeline."


@dataclass(frozen=True, slots=True)
class Decorator:
    """One of Seeknal's decorators on a function."""

    name: str
    expression: ast.expr

    @property
    def call(self) -> ast.Call | None:
        """Its arguments, if it has any."""
        return self.expression if isinstance(self.expression, ast.Call) else None


@dataclass(frozen=True, slots=True)
class Decorated:
    """A function with those of its decorators that are Seeknal's, from the top down."""

    function: Function
    decorators: tuple[Decorator, ...]

    @property
    def makes_node(self) -> bool:
        """False for a function that `materialize` alone decorates."""
        return any(decorator.name != MATERIALIZE for decorator in self.decorators)


class Decorators:
    """The decorators of one file, by whatever names it imports them."""

    def __init__(self, source: PythonSource) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._imports: dict[str, set[str]] = defaultdict(set)
        for item in walk(source.tree):
            if isinstance(item, ast.Import | ast.ImportFrom):
                self._remember(item)
        self._bound = set(bound_names(source.tree.body)[0])
        self.found = tuple(self._decorated())
        self.problems += self._elsewhere()

    def origins(self, expression: ast.expr) -> set[str]:
        """What a dotted name may stand for, by the file's imports: `seeknal.pipeline.source`."""
        name = _dotted(expression)
        root, _, rest = name.partition(".")
        return {f"{origin}.{rest}" if rest else origin for origin in self._imports.get(root, ())}

    def of(self, function: Function | ast.ClassDef) -> tuple[Decorator, ...]:
        """Seeknal's decorators of a function."""
        return tuple(
            Decorator(name, expression)
            for expression in function.decorator_list
            if (name := self._name(expression)) is not None
        )

    def _remember(self, item: ast.Import | ast.ImportFrom) -> None:
        for alias in item.names:
            if isinstance(item, ast.Import):
                self._imports[bound_as(alias)].add(alias.name if alias.asname else bound_as(alias))
                continue
            module = "." * item.level + (item.module or "")
            if alias.name == "*" and _is_ours(f"{module}.source"):
                for name in SIGNATURES:
                    self._imports[name].add(f"{module}.{name}")
            else:
                self._imports[bound_as(alias)].add(f"{module}.{alias.name}")

    def _name(self, expression: ast.expr) -> str | None:
        """Seeknal's name of a decorator; None for one of somebody else."""
        called = _called(expression)
        ours = [origin for origin in self.origins(called) if _is_ours(origin)]
        if ours:
            return min(ours).rpartition(".")[2]
        if not isinstance(called, ast.Name) or called.id not in SIGNATURES:
            return None
        return None if called.id in self._bound or called.id in self._imports else called.id

    def _is_unbound(self, called: ast.expr) -> bool:
        """True for a name that the file neither makes nor imports, as far as it can be seen."""
        root = _dotted(called).partition(".")[0]
        known = self._bound | self._imports.keys() | set(dir(builtins))
        return bool(root) and root not in known and "*" not in self._bound

    def _decorated(self) -> Iterator[Decorated]:
        """Decorated functions of the module itself; the others are problems."""
        stack: list[tuple[ast.AST, bool]] = [(self.source.tree, True)]
        while stack:
            item, outermost = stack.pop()
            if isinstance(item, Function | ast.ClassDef):
                decorators = self.of(item)
                self.problems += self._foreign(item, outermost)
                if decorators and outermost and isinstance(item, Function):
                    yield Decorated(item, decorators)
                elif decorators:
                    self.problems.append(self._unreadable(item, decorators[0]))
                outermost = False
            stack += [(child, outermost) for child in reversed(children(item))]

    def _unreadable(self, item: Function | ast.ClassDef, decorator: Decorator) -> Problem:
        if isinstance(item, ast.ClassDef):
            what = f"`@{decorator.name}` stands before a class, and a node is a function"
            fix = "write a function that returns the rows"
        else:
            what = (
                f"`@{decorator.name}` stands before a function inside another function or class, "
                "so it cannot be told whether the node exists"
            )
            fix = f"move `{item.name}` to the outermost level of the file"
        return self._problem(decorator.expression, what, fix)

    def _foreign(self, item: Function | ast.ClassDef, outermost: bool) -> Iterator[Problem]:
        """Decorators that may be Seeknal's or not, by their names or for want of an import."""
        for expression in item.decorator_list:
            called = _called(expression)
            last = getattr(called, "attr", getattr(called, "id", ""))
            inside = any(origin.startswith(INSIDE) for origin in self.origins(called))
            unknown = outermost and self._is_unbound(called)
            if self._name(expression) is None and (last in SIGNATURES or inside or unknown):
                known = ", ".join(sorted(SIGNATURES))
                yield self._problem(
                    expression,
                    f"it cannot be told whether `@{_dotted(called) or last}` makes a node",
                    f"import one of {known} from seeknal.pipeline, or use another name",
                )

    def _elsewhere(self) -> Iterator[Problem]:
        """Uses of Seeknal's decorators that decorate nothing, and may make nodes unseen."""
        items = list(walk(self.source.tree))
        decorated = [item for item in items if isinstance(item, Function | ast.ClassDef)]
        known = {
            id(part)
            for item in decorated
            for decorator in self.of(item)
            for part in _chain(decorator.expression)
        }
        around = {id(item.value): item for item in items if isinstance(item, ast.Attribute)}
        for name in global_names(self.source.tree):
            whole: ast.expr = name
            while id(whole) in around and not self._is_ours(whole):
                whole = around[id(whole)]
            module = any(origin in MODULES for origin in self.origins(whole))
            if id(whole) not in known and (module or self._is_ours(whole)):
                yield self._unseen(name, _dotted(whole))
        for item in decorated:
            for part in walk(item):
                if isinstance(part, ast.ImportFrom) and part.level == 0:
                    for alias in part.names:
                        if _is_ours(f"{part.module}.{alias.name}"):
                            yield self._unseen(part, alias.name)

    def _is_ours(self, expression: ast.expr) -> bool:
        return any(_is_ours(origin) for origin in self.origins(expression))

    def _unseen(self, node: ast.expr | ast.stmt, name: str) -> Problem:
        what = (
            f"`{name}` is used otherwise than as a decorator, so it cannot be told which nodes "
            "the file defines"
        )
        fix = "import it at the top of the file, and write it with `@` before a function"
        return self._problem(node, what, fix)

    def _problem(self, node: ast.expr | ast.stmt, message: str, fix: str) -> Problem:
        return Problem(self.source.place(node), "python-node", message, fix=fix)


def _is_ours(origin: str) -> bool:
    module, _, name = origin.rpartition(".")
    return name in SIGNATURES and (module in MODULES or module.startswith(INSIDE))


def _dotted(expression: ast.expr) -> str:
    """`a.b.c`, or nothing for an expression that is no dotted name."""
    parts = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    return ".".join(reversed([*parts, expression.id])) if isinstance(expression, ast.Name) else ""


def _called(expression: ast.expr) -> ast.expr:
    """A decorator without its arguments."""
    return expression.func if isinstance(expression, ast.Call) else expression


def _chain(expression: ast.expr) -> Iterator[ast.expr]:
    """A decorator's dotted name and its parts."""
    part = _called(expression)
    while isinstance(part, ast.Attribute):
        yield part
        part = part.value
    yield part

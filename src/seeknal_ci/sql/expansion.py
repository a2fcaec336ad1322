"""DuckDB's ways to write many columns as one, as the columns that they stand for.

sqlglot knows the star alone. COLUMNS, tests of a star, fields of a struct, PIVOT and UNPIVOT are
written out here, for analysis; what is built keeps them. What stands for columns that are not known
is left as it is, with the reason in its `meta`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.errors import SqlglotError

from seeknal_ci.sql.patterns import UnknowableError

# Given a query without anything to expand, its outputs: qualified, and with their types. Raises
# SqlglotError where they cannot be told.
Ask = Callable[[exp.Select], list[exp.Expr]]

# Where an expression that was left as it is keeps the reason, and the names that it looks for in
# vain with those that there are.
WHY = "why"
ABSENT = "absent"

STAR_TESTS = (exp.Like, exp.ILike, exp.SimilarTo, exp.Glob)
SPECIAL = (
    *(exp.Columns, exp.Comprehension, exp.Explode, exp.GenerateSeries, exp.Lateral, exp.Pivot),
    exp.Unnest,
)


@dataclass(frozen=True, slots=True)
class Output:
    """A column of what stands in FROM, by the name that its maker gave it."""

    name: str
    expression: exp.Expr


@dataclass
class Surroundings:
    """What is around a query: whom to ask, and which names its sources were given."""

    ask: Ask
    # Names in small letters to how they are written.
    spelled: dict[str, str]
    names: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)))

    def outputs(self, select: exp.Select, output: exp.Expr) -> list[Output]:
        """The columns that `output` stands for in a query; more than one for a star.

        Raises UnknowableError.
        """
        probe = exp.Select(expressions=[output.copy()])
        for key in ("from_", "joins", "laterals"):
            part = select.args.get(key)
            copies = [item.copy() for item in part] if isinstance(part, list) else part
            probe.set(key, copies if isinstance(part, list) else part and part.copy())
        visible = list(visible_ctes(select))
        if visible:
            probe.set("with_", exp.With(expressions=[cte.copy() for cte in visible]))
        if probe.find(exp.Pivot) is not None:
            raise UnknowableError("the columns of a PIVOT, which are unknown")
        try:
            found = self.ask(probe)
        except SqlglotError as error:
            raise UnknowableError("the columns of its input, which are unknown") from error
        return [Output(self._spelled(item.alias_or_name), item.unalias()) for item in found]

    def name(self, name: str) -> exp.Identifier:
        """An identifier that keeps its case in what is known of the query."""
        self.spelled[name.lower()] = name
        return exp.to_identifier(name, quoted=True)

    def fresh(self) -> str:
        """An alias that no query has."""
        return f"_x{next(self.names)}"

    def _spelled(self, name: str) -> str:
        return self.spelled.get(name.lower(), name)


def is_special(tree: exp.Expr) -> bool:
    """True for a tree in which there may be something to expand."""
    for node in tree.find_all(*SPECIAL, *STAR_TESTS, exp.Star, exp.TableAlias):
        if isinstance(node, SPECIAL) or is_star_test(node):
            return True
        if isinstance(node, exp.Star) and isinstance(node.parent, exp.Column):
            return True
        if isinstance(node, exp.TableAlias) and node.columns:
            return True
    return False


def is_star_test(node: exp.Expr) -> bool:
    """True for `* LIKE '…'` and its like, negated or not."""
    inner = node.this if isinstance(node, exp.Not) else node
    if isinstance(inner, STAR_TESTS):
        return bool(inner.this.is_star)
    star = inner.this if isinstance(inner, exp.Column) else inner
    return isinstance(star, exp.Star) and bool(star.args.get("ilike"))


def spread_in(own: exp.Expr) -> Iterator[exp.Expr]:
    """COLUMNS and tested stars of an expression, without those of queries within it."""
    stack = [own] if own.find(exp.Columns, exp.Star) is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Columns) or is_star_test(node):
            yield node
        elif node is own or not isinstance(node, exp.Query):
            stack.extend(reversed(list(node.iter_expressions())))


def visible_ctes(select: exp.Expr) -> Iterator[exp.CTE]:
    """The CTEs that a query can read, those around it before its own."""
    found: list[exp.CTE] = []
    child, parent = select, select.parent
    own = select.args.get("with_")
    if own is not None:
        found = list(own.expressions)
    while parent is not None:
        if isinstance(parent, exp.With):
            found = [*_before(child, parent), *found]
            child, parent = parent, parent.parent
            if parent is None:
                break
        elif parent.args.get("with_") is not None:
            found = [*parent.args["with_"].expressions, *found]
        child, parent = parent, parent.parent
    yield from _last_of_each(found)


def _before(cte: exp.Expr, with_: exp.With) -> list[exp.CTE]:
    place = next(i for i, other in enumerate(with_.expressions) if other is cte)
    return list(with_.expressions[:place])


def _last_of_each(ctes: list[exp.CTE]) -> list[exp.CTE]:
    names: Mapping[str, exp.CTE] = {cte.alias.lower(): cte for cte in ctes}
    return [cte for cte in ctes if names[cte.alias.lower()] is cte]


def inner_first(tree: exp.Expr) -> list[exp.Expr]:
    """Queries and pivots of a tree, each after those that it reads."""
    order: list[exp.Expr] = []
    stack: list[tuple[exp.Expr, bool]] = [(tree, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        if isinstance(node, exp.Select | exp.Pivot):
            stack.append((node, True))
        with_ = node.args.get("with_")
        rest = [child for child in node.iter_expressions() if child is not with_]
        stack.extend((child, False) for child in reversed(rest))
        if with_ is not None:
            stack.append((with_, False))
    return order

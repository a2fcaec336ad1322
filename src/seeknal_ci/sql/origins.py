"""What an expression of a qualified query is made of, column by column, down to the inputs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from seeknal_ci.model.lineage import ColumnId, Origin, Role, Step
from seeknal_ci.sql.made import Made, Outflow, Surroundings, joined, renamed
from seeknal_ci.sql.reading import Source, visible_sources


class Tracer:
    """Traces the expressions of one query, inputs of which are those that its scope can see."""

    def __init__(self, scope: Scope, around: Surroundings) -> None:
        self.scope = scope
        self.around = around
        self.named = visible_sources(scope)
        self.searched = visible_sources(scope, named=False)
        # Outputs that clauses may name, once they are known.
        self.own: dict[str, Made] = {}

    def made(self, expression: exp.Expr, role: Role = Role.VALUE) -> Made:
        """What a value is made of, with what sorts, filters and frames it on the way."""
        found: list[Made] = []
        stack: list[tuple[exp.Expr, Role]] = [(expression, role)]
        while stack:
            part, role = stack.pop()
            if isinstance(part, exp.Query):
                found.append(self._query(part).used_as(role))
            elif isinstance(part, exp.Column):
                if not _is_variable(part):
                    found.append(self._column(part).used_as(role))
            elif isinstance(part, exp.Dot) and isinstance(part.this, exp.Identifier):
                found.append(self._dotted(part).used_as(role))
            elif isinstance(part, exp.TableColumn):
                found.append(self._row(part.name).used_as(role))
            else:
                stack.extend(self._parts(part, role))
        return joined(found)

    def flow_of(self, source: Source) -> Outflow | None:
        """What a query in FROM puts out, as far as it was looked at; None for other sources."""
        if not isinstance(source, Scope):
            return None
        inner = source.expression
        if not isinstance(inner, exp.Lateral):
            return self.around.flows.get(id(_whole(inner.unnest())))
        flow = self.around.flows.get(id(inner.this.unnest()))
        return None if flow is None else renamed(flow, inner.alias_column_names)

    def is_itself(self, source: Source) -> bool:
        """True where a recursive query reads itself."""
        return isinstance(source, Scope) and _whole(source.expression) is not source.expression

    def node_of(self, source: Source | None) -> str | None:
        """The node that a table in FROM is."""
        if not isinstance(source, exp.Table):
            return None
        return self.around.nodes.get(source.name.lower())

    def columns_of(self, source: Source) -> tuple[str, ...] | None:
        """Names of a source's columns; None where they are not all known."""
        node = self.node_of(source)
        if node is not None and isinstance(source, exp.Table):
            columns = self.around.known.get(node)
            if columns is None:
                return None
            own = [column.name for column in columns]
            return (*source.alias_column_names, *own[len(source.alias_column_names) :])
        flow = self.flow_of(source)
        if flow is not None:
            return None if flow.passed else tuple(name for name, _, _ in flow.outputs)
        inner = source.expression if isinstance(source, Scope) else source
        return tuple(inner.alias_column_names) or None

    def column_of(self, source: Source, name: str) -> Made:
        """What a column of a source in FROM is made of."""
        node = self.node_of(source)
        if node is not None and isinstance(source, exp.Table):
            return self._of_node(node, source, name)
        flow = self.flow_of(source)
        if flow is None and self.is_itself(source):
            return Made()
        if flow is None:
            inner = source.expression if isinstance(source, Scope) else source.this
            return self.made(inner) if inner is not None else Made()
        made = flow.made(name.lower())
        if made is not None:
            return made
        passed = [p.node for p in flow.passed if name.lower() not in p.but]
        found = [(n, Made(frozenset({Origin(ColumnId(n, name))}))) for n in passed]
        return self._any_of(found, name)

    def _parts(self, part: exp.Expr, role: Role) -> Iterator[tuple[exp.Expr, Role]]:
        if isinstance(part, exp.Window):
            named = self._named_window(part.args.get("alias"))
            for child in (*part.iter_expressions(), *named):
                yield child, role if child is part.this else _within(role, Role.WINDOW)
        elif isinstance(part, exp.Filter):
            yield part.this, role
            yield part.expression, _within(role, Role.FILTER)
        elif isinstance(part, exp.Order) and not isinstance(part.parent, exp.WithinGroup):
            for child in part.iter_expressions():
                yield child, role if child is part.this else _within(role, Role.ORDER)
        else:
            for child in part.iter_expressions():
                yield child, role

    def _named_window(self, alias: object) -> list[exp.Expr]:
        if not isinstance(alias, exp.Expr):
            return []
        windows = self.scope.expression.args.get("windows") or ()
        return [w for w in windows if w.name.lower() == alias.name.lower()]

    def _query(self, query: exp.Query) -> Made:
        """A query within an expression: its value, and whatever decides its rows."""
        flow = self.around.flows.get(id(query.unnest()), Outflow())
        values = joined([made for _, _, made in flow.outputs])
        decided = {Origin(c, use.role) for use in flow.uses for c in use.reads}
        reasons = frozenset(
            f"`*` stands for the columns of {passed.node}, which are unknown"
            for passed in flow.passed
        )
        return values | Made(frozenset(decided), (), reasons)

    def _column(self, column: exp.Column) -> Made:
        name = column.name
        if isinstance(column.this, exp.Star):
            return self._row(column.table)
        if column.table:
            source = self.named.get(column.table)
            # What stands before the dot may be a struct, in an input of unknown columns.
            return self._search(column.table) if source is None else self._step(source, column)
        if name.lower() in self.own and _may_use_alias(column):
            return self.own[name.lower()]
        return self._search(name)

    def _dotted(self, dot: exp.Dot) -> Made:
        """What sqlglot leaves as names with a dot: before a method, as `address.city.upper()`, or
        before a function, as its schema in `main.upper(name)`.
        """
        first, rest = dot.this.name, dot.expression
        inner = Made() if isinstance(rest, exp.Identifier) else self.made(rest)
        if _is_parameter(dot, first):
            return inner
        source = self.named.get(first)
        if source is not None and isinstance(rest, exp.Identifier):
            return self.column_of(source, rest.name)
        found = self._search(first)
        return inner if _is_schema(rest, found) else inner | found

    def _step(self, source: Source, column: exp.Column) -> Made:
        made = self.column_of(source, column.name)
        flow = self.flow_of(source)
        words = [] if flow is None else [w for n, w, _ in flow.outputs if n == column.name.lower()]
        # A name that is merely passed on explains nothing.
        if not words or words[0].rpartition(".")[2].lower() == column.name.lower():
            return made
        # sqlglot names a query in FROM `_0` where the project does not.
        named = column.name if column.table.startswith("_") else f"{column.table}.{column.name}"
        step = Step(named, words[0])
        return Made(made.origins, tuple(dict.fromkeys((step, *made.steps))), made.unknown)

    def _row(self, alias: str) -> Made:
        """All columns of a source, as where its name stands for a struct of them."""
        source = self.named.get(alias)
        if source is None:
            return self._search(alias)
        columns = self.columns_of(source)
        if columns is None:
            node = self.node_of(source) or alias
            reason = f"a whole row of {node} is read, whose columns are unknown"
            return Made(unknown=frozenset({reason}))
        return joined([self.column_of(source, name) for name in columns])

    def _search(self, name: str) -> Made:
        """A name without a table: of the one source that has it, else of those that may."""
        columns = {alias: self.columns_of(source) for alias, source in self.searched.items()}
        holders = [a for a, have in columns.items() if name.lower() in _lowered(have)]
        candidates = holders or [alias for alias, have in columns.items() if have is None]
        found = [(a, self.column_of(self.searched[a], name)) for a in candidates]
        return self._any_of(found, name)

    def _any_of(self, candidates: list[tuple[str, Made]], name: str) -> Made:
        made = joined([made for _, made in candidates])
        if len(candidates) == 1:
            return made
        where = ", ".join(sorted(candidate for candidate, _ in candidates))
        reason = f"`{name}` may be of any of {where}" if where else f"no input has `{name}`"
        return made | Made(unknown=frozenset({reason}))

    def _of_node(self, node: str, table: exp.Table, name: str) -> Made:
        own = [column.name for column in self.around.known.get(node, ())]
        renamed = [alias.lower() for alias in table.alias_column_names]
        if name.lower() in renamed and renamed.index(name.lower()) < len(own):
            spelled = own[renamed.index(name.lower())]
        else:
            spelled = next((column for column in own if column.lower() == name.lower()), name)
        return Made(frozenset({Origin(ColumnId(node, spelled))}))


def _whole(query: exp.Expr) -> exp.Expr:
    """A recursive query sees itself as the first side of its UNION: it is the whole of it."""
    outer = query.parent
    while isinstance(outer, exp.Subquery):
        outer = outer.parent
    return _whole(outer) if isinstance(outer, exp.SetOperation) else query


def _is_schema(rest: exp.Expr, found: Made) -> bool:
    """True for the name before a function that is no column of any input."""
    return isinstance(rest, exp.Func) and not found.origins


def _is_parameter(part: exp.Expr, name: str) -> bool:
    """True for the name of a parameter of a lambda around a part."""
    outer = part.find_ancestor(exp.Lambda)
    while outer is not None:
        if any(parameter.name == name for parameter in outer.expressions):
            return True
        outer = outer.find_ancestor(exp.Lambda)
    return False


def _within(role: Role, inner: Role) -> Role:
    return inner if role is Role.VALUE else role


def _lowered(names: tuple[str, ...] | None) -> set[str]:
    return {name.lower() for name in names or ()}


def _may_use_alias(column: exp.Column) -> bool:
    clauses = (exp.Order, exp.Group, exp.Having, exp.Qualify, exp.Distinct)
    return isinstance(column.find_ancestor(*clauses, exp.Query), clauses)


def _is_variable(column: exp.Column) -> bool:
    """True for the variable of a list comprehension."""
    if column.table:
        return False
    outer = column.find_ancestor(exp.Comprehension)
    while outer is not None:
        if column.name.lower() == outer.expression.name.lower():
            return True
        outer = outer.find_ancestor(exp.Comprehension)
    return False

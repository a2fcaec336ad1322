"""What one query within a query puts out and reads, given what those inside it do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from seeknal_ci.model.lineage import Passed, Role, Use
from seeknal_ci.sql.functions import AGGREGATES
from seeknal_ci.sql.made import Made, Outflow, Surroundings, joined
from seeknal_ci.sql.origins import Tracer
from seeknal_ci.sql.references import Resolved
from seeknal_ci.sql.words import place_of, terms_of, text_of_part, words_of, words_of_outputs

ROLES = {
    "where": Role.FILTER,
    "group": Role.GROUP,
    "having": Role.HAVING,
    "qualify": Role.QUALIFY,
    "distinct": Role.DISTINCT,
    "order": Role.ORDER,
    "limit": Role.LIMIT,
    "offset": Role.LIMIT,
    "sample": Role.LIMIT,
}

Outputs = tuple[tuple[str, str, Made], ...]


def outflow(scope: Scope, around: Surroundings, query: Resolved, dialect: str) -> Outflow | None:
    """The outputs of a scope's query with their origins, and every use that decides its rows.

    None for what is no query, as UNNEST in FROM: who reads that looks into it.
    """
    return _Flow(scope, around, query, dialect).result()


class _Flow:
    def __init__(self, scope: Scope, around: Surroundings, query: Resolved, dialect: str) -> None:
        self.expression = scope.expression
        self.tracer = Tracer(scope, around)
        self.around = around
        self.query = query
        self.dialect = dialect

    def result(self) -> Outflow | None:
        expression = self.expression
        if isinstance(expression, exp.Select):
            outputs, passed = self._selected(expression)
            inner = self._uses_of_sources(expression)
        elif isinstance(expression, exp.SetOperation):
            outputs, passed, inner = self._combined(expression)
        elif isinstance(expression, exp.Subquery):
            flow = self.around.flows.get(id(expression.unnest()), Outflow())
            outputs, passed, inner = flow.outputs, flow.passed, flow.uses
        else:
            return None
        self.tracer.own = {name: made for name, _, made in outputs}
        uses = (*self._clauses(expression, outputs), *inner)
        return Outflow(outputs, tuple(dict.fromkeys(uses)), passed)

    def _selected(self, select: exp.Select) -> tuple[Outputs, tuple[Passed, ...]]:
        found: list[tuple[str, str, Made]] = []
        passed: list[Passed] = []
        for output, words in zip(
            select.selects, words_of_outputs(select, self.dialect), strict=True
        ):
            if output.is_star:
                outputs, unknown = self._star(output, select)
                found += outputs
                passed += unknown
            else:
                made = self.tracer.made(output.unalias())
                found.append((output.alias_or_name.lower(), words, made))
        return tuple(found), tuple(dict.fromkeys(passed))

    def _star(self, output: exp.Expr, select: exp.Select) -> tuple[Outputs, list[Passed]]:
        """A `*` that is left because some input's columns are unknown."""
        star = output.this if isinstance(output, exp.Column) else output
        but = frozenset(name.name.lower() for name in star.args.get("except_") or ())
        table = output.table if isinstance(output, exp.Column) else ""
        found: list[tuple[str, str, Made]] = []
        passed: list[Passed] = []
        for relation in _relations(select):
            source = self.tracer.named.get(relation.alias_or_name)
            if source is None or (table and relation.alias_or_name != table):
                continue
            flow = self.tracer.flow_of(source)
            node = self.tracer.node_of(source)
            columns = self.tracer.columns_of(source)
            if columns is None and flow is not None:
                columns = tuple(name for name, _, _ in flow.outputs)
                passed += [Passed(item.node, item.but | but) for item in flow.passed]
            elif columns is None and node is not None:
                passed.append(Passed(node, but))
            found += [
                (name.lower(), name, self.tracer.column_of(source, name))
                for name in columns or ()
                if name.lower() not in but
            ]
        replaced = {item.alias.lower(): item for item in star.args.get("replace") or ()}
        return tuple(
            (name, text_of_part(replaced[name].this, self.dialect), self._replaced(replaced[name]))
            if name in replaced
            else (name, words, made)
            for name, words, made in found
        ), passed

    def _replaced(self, item: exp.Expr) -> Made:
        return self.tracer.made(item.unalias())

    def _combined(
        self, operation: exp.SetOperation
    ) -> tuple[Outputs, tuple[Passed, ...], tuple[Use, ...]]:
        sides = [
            self.around.flows.get(id(side.unnest()), Outflow())
            for side in (operation.this, operation.expression)
        ]
        left, right = sides
        inner = (*left.uses, *right.uses)
        passed = tuple(dict.fromkeys((*left.passed, *right.passed)))
        outputs = left.outputs
        if isinstance(operation, exp.Union):
            outputs = _united(left.outputs, right.outputs, bool(operation.args.get("by_name")))
        if operation.args.get("distinct") or not isinstance(operation, exp.Union):
            every = joined([made for side in sides for _, _, made in side.outputs])
            name = operation.key.upper() + (" BY NAME" if operation.args.get("by_name") else "")
            inner = (self._use(Role.SET, name, every, operation), *inner)
        return outputs, passed, inner

    def _clauses(self, expression: exp.Expr, outputs: Outputs) -> Iterator[Use]:
        wrappers: list[exp.Expr] = [expression]
        while isinstance(wrappers[-1].parent, exp.Subquery):
            wrappers.append(wrappers[-1].parent)
        if isinstance(expression, exp.Select):
            yield from self._joins(expression)
            yield from self._unnested(expression)
        for wrapper in wrappers:
            for key, role in ROLES.items():
                for term in terms_of(wrapper.args.get(key)):
                    words = words_of(term, self.dialect)
                    yield self._use(role, words, self._term(term, key, outputs), term)

    def _term(self, term: exp.Expr, key: str, outputs: Outputs) -> Made:
        """What a term reads; DISTINCT, and ALL in place of keys, stand for outputs."""
        every = joined([made for _, _, made in outputs])
        if key == "distinct" and not term.args.get("on"):
            return every
        if key == "order" and isinstance(term.this, exp.Var) and term.name.upper() == "ALL":
            return every
        if key == "group" and term.args.get("all") and isinstance(self.expression, exp.Select):
            selects = self.expression.selects
            keys = zip(selects, outputs, strict=False)
            return joined([made for select, (_, _, made) in keys if not _aggregates(select)])
        return self.tracer.made(term)

    def _joins(self, select: exp.Select) -> Iterator[Use]:
        for join in _joins_in(select):
            condition = join.args.get("on")
            made = Made() if condition is None else self.tracer.made(condition)
            yield self._use(Role.JOIN, words_of(join, self.dialect), made, join)

    def _unnested(self, select: exp.Select) -> Iterator[Use]:
        """Rows that are made of one value: functions in FROM, and UNNEST as an output."""
        for relation in _relations(select):
            source = self.tracer.named.get(relation.alias_or_name)
            if source is None or self.tracer.node_of(source) or self.tracer.flow_of(source):
                continue
            if self.tracer.is_itself(source):
                continue
            inner = relation.this if isinstance(relation, exp.Table | exp.Lateral) else relation
            if isinstance(inner, exp.Expr) and inner.find(exp.Column) is not None:
                made = self.tracer.made(inner)
                yield self._use(Role.UNNEST, text_of_part(inner, self.dialect), made, inner)
        texts = words_of_outputs(select, self.dialect)
        for output, words in zip(select.selects, texts, strict=True):
            unnested = output.find_all(exp.Unnest, exp.Explode)
            if any(item.parent_select is select for item in unnested):
                yield self._use(Role.UNNEST, words, self.tracer.made(output.unalias()), output)

    def _uses_of_sources(self, select: exp.Select) -> tuple[Use, ...]:
        sources = [self.tracer.named.get(r.alias_or_name) for r in _relations(select)]
        flows = [
            self.tracer.flow_of(source)
            for source in sources
            if source is not None and not self.tracer.is_itself(source)
        ]
        return tuple(use for flow in flows if flow is not None for use in flow.uses)

    def _use(self, role: Role, text: str, made: Made, part: exp.Expr) -> Use:
        place = place_of(part, self.query.origin)
        return Use(role, text, made.columns, place, reason_of(made))


def reason_of(made: Made) -> str | None:
    """Why it cannot be told for sure what a value is made of."""
    return "; ".join(sorted(made.unknown)) or None


def _united(left: Outputs, right: Outputs, by_name: bool) -> Outputs:
    """The outputs of UNION, which puts columns together by their place unless told otherwise."""
    if by_name:
        names = dict.fromkeys(name for name, _, _ in (*left, *right))
        return tuple(
            _both(*[item for item in (*left, *right) if item[0] == name]) for name in names
        )
    pairs = zip_longest(left, right)
    return tuple(_both(*[item for item in pair if item is not None]) for pair in pairs)


def _both(*items: tuple[str, str, Made]) -> tuple[str, str, Made]:
    words = " | ".join(dict.fromkeys(words for _, words, _ in items))
    return items[0][0], words, joined([made for _, _, made in items])


def _relations(select: exp.Select) -> Iterator[exp.Expr]:
    """All that stands in FROM, inside brackets too."""
    source = select.args.get("from_")
    stack = [join.this for join in reversed(select.args.get("joins") or ())]
    stack += list(select.args.get("laterals") or ())
    if source is not None:
        stack.append(source.this)
    while stack:
        relation = stack.pop()
        inner = relation.this if isinstance(relation, exp.Subquery) else None
        if isinstance(inner, exp.Table):
            stack.append(inner)
        else:
            yield relation
        stack += [join.this for join in reversed(relation.args.get("joins") or ())]


def _joins_in(select: exp.Select) -> Iterator[exp.Join]:
    for relation in _relations(select):
        yield from relation.args.get("joins") or ()
        if isinstance(relation.parent, exp.Subquery) and isinstance(relation, exp.Table):
            yield from relation.parent.args.get("joins") or ()
    yield from select.args.get("joins") or ()


def _aggregates(output: exp.Expr) -> bool:
    return any(
        function.find_ancestor(exp.Window) is None
        for function in output.find_all(exp.AggFunc, exp.Anonymous)
        if not isinstance(function, exp.Anonymous) or function.name.lower() in AGGREGATES
    )

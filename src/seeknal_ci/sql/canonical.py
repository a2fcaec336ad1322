"""One text for queries that mean the same.

Two queries have the same canonical text only if they make the same rows and columns: names of
CTEs and table aliases, order of operands where it does not matter, comments and formatting are
normalised; anything else is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

# Operators whose operands may change places: exactly, for floats too (a + b is b + a, but
# (a + b) + c is not a + (b + c)).
PAIRS = (exp.Add, exp.Mul, exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.BitwiseAnd, exp.BitwiseOr)
CHAINS = (exp.And, exp.Or)


def canonical_text(tree: exp.Expr, dialect: str) -> str:
    """The canonical text of a qualified query."""
    return text_of(normalised(tree, dialect), dialect)


def expressions_of(tree: exp.Expr, dialect: str) -> Mapping[str, str]:
    """Output name to the canonical text of its expression, for the first SELECT of a query."""
    query = normalised(tree, dialect)
    assert isinstance(query, exp.Query), "normalising keeps a query a query"
    return {s.alias_or_name: text_of(s.unalias(), dialect) for s in query.selects}


def normalised(tree: exp.Expr, dialect: str) -> exp.Expr:
    """A copy in which names that nobody outside can see, and free orders, are fixed."""
    query = tree.copy()
    _drop_unused_ctes(query)
    _rename_ctes(query)
    _rename_aliases(query)
    # Children before parents, so that a chain is sorted by texts that are already final.
    for node in reversed(list(query.walk(bfs=True))):
        if isinstance(node, CHAINS):
            _sort_chain(node, dialect)
        elif isinstance(node, PAIRS):
            _sort_pair(node, dialect)
        elif isinstance(node, exp.In) and node.expressions:
            values = {text_of(value, dialect): value for value in node.expressions}
            node.set("expressions", [values[text] for text in sorted(values)])
    return query


def text_of(node: exp.Expr, dialect: str) -> str:
    """A part of a query as one line, without comments."""
    return node.sql(dialect, comments=False, normalize_functions="upper")


def _drop_unused_ctes(query: exp.Expr) -> None:
    dropped = True
    while dropped:
        dropped = False
        read = {table.name.lower() for table in query.find_all(exp.Table)}
        for cte in list(query.find_all(exp.CTE)):
            if cte.alias.lower() not in read:
                with_ = cte.parent
                cte.pop()
                if isinstance(with_, exp.With) and not with_.expressions:
                    with_.pop()
                dropped = True


def _rename_ctes(query: exp.Expr) -> None:
    """Name CTEs by their place; left alone where one name means two things."""
    ctes = list(query.find_all(exp.CTE, bfs=False))
    names = [cte.alias.lower() for cte in ctes]
    real = {
        source.name.lower()
        for scope in traverse_scope(query)
        for source in scope.sources.values()
        if isinstance(source, exp.Table)
    }
    if len(set(names)) < len(names) or real & set(names):
        return
    places = {name: f"_c{index}" for index, name in enumerate(names)}
    for cte in ctes:
        cte.args["alias"].set("this", exp.to_identifier(places[cte.alias.lower()]))
    for table in query.find_all(exp.Table):
        if not table.args.get("db") and table.name.lower() in places:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(places[table.name.lower()]))


def _rename_aliases(query: exp.Expr) -> None:
    """Name table aliases by their place in the whole query, so that none shadows another."""
    counter = 0
    for scope in traverse_scope(query):
        for alias, (node, _) in list(scope.selected_sources.items()):
            holder = node.args.get("alias")
            if not isinstance(holder, exp.TableAlias) or holder.this is None:
                continue
            fresh = f"_t{counter}"
            counter += 1
            for column in scope.columns + _correlated(scope, alias):
                if column.table == alias:
                    column.set("table", exp.to_identifier(fresh))
            holder.set("this", exp.to_identifier(fresh))


def _correlated(scope: Scope, alias: str) -> list[exp.Column]:
    """Columns of subqueries that refer to an alias of the query around them."""
    return [
        column
        for column in scope.expression.find_all(exp.Column)
        if column.table == alias and not _shadowed(column, alias, scope.expression)
    ]


def _shadowed(column: exp.Column, alias: str, outer: exp.Expr) -> bool:
    """True if a query between the column and `outer` has a table of the same alias."""
    select = column.find_ancestor(exp.Select)
    while select is not None and select is not outer:
        tables = [select.args.get("from_"), *(select.args.get("joins") or [])]
        if any(part is not None and part.this.alias_or_name == alias for part in tables):
            return True
        select = select.find_ancestor(exp.Select)
    return False


def _sort_pair(node: exp.Expr, dialect: str) -> None:
    left, right = node.this, node.expression
    if text_of(right, dialect) < text_of(left, dialect):
        node.set("this", right)
        node.set("expression", left)


def _sort_chain(node: exp.Expr, dialect: str) -> None:
    """Sort the operands of a chain of one operator, at the chain's top only."""
    if isinstance(node.parent, type(node)):
        return
    operands: list[exp.Expr] = []
    stack = [node]
    while stack:
        item = stack.pop()
        inner = item.this if isinstance(item, exp.Paren) else item
        if isinstance(inner, type(node)):
            stack.extend((inner.expression, inner.this))
        else:
            operands.append(item)
    texts = sorted(operands, key=lambda operand: text_of(operand, dialect))
    chain = texts[0]
    for operand in texts[1:-1]:
        chain = type(node)(this=chain, expression=operand)
    node.set("this", chain)
    node.set("expression", texts[-1])

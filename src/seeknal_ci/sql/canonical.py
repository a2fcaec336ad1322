"""One text for queries that mean the same.

Two queries have the same canonical text only if they make the same rows and columns: names of
CTEs and table aliases, brackets and order of operands where they do not matter, quotes, comments
and formatting are normalised; anything else is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from seeknal_ci.sql.simpler import simpler

# Operators whose operands may change places: exactly, for floats too (a + b is b + a, but
# (a + b) + c is not a + (b + c)).
PAIRS = (exp.Add, exp.Mul, exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.BitwiseAnd, exp.BitwiseOr)
CHAINS = (exp.And, exp.Or)

# Brackets around, or directly inside, these say nothing, nor do those of functions that are no
# operators; nor those around an operand of AND, OR or NOT that is neither AND nor OR.
ATOMS = (exp.Column, exp.Literal, exp.Paren)
CONTAINERS = (
    *(exp.Alias, exp.Group, exp.Having, exp.Join, exp.Ordered, exp.Paren, exp.Qualify),
    *(exp.Select, exp.Tuple, exp.Where),
)

# What a GROUP BY may have beside the keys, whose order is free without these.
GROUPINGS = ("cube", "grouping_sets", "rollup", "totals")

INTERVALS = {exp.DType.INTERVAL}

# What a term of a clause remembers of how the project writes it.
SHOWN = "shown"

Digests = dict[int, bytes]


def normalised(query: exp.Expr) -> exp.Expr:
    """The query with names that nobody outside can see, and free orders, fixed.

    It is changed in place: a copy of a long query takes as long as all of this.
    """
    while isinstance(query, exp.Subquery) and query.is_wrapper:
        query = query.this.pop()
    _drop_unused_ctes(query)
    query = simpler(query)
    if query.find(exp.CTE) is not None:
        _rename_ctes(query)
    _rename_aliases(query)
    _drop_brackets(query)
    _drop_join_words(query)
    _sort(query)
    _lighten(query)
    return query


def _lighten(query: exp.Expr) -> None:
    """Forget types and places, which no text shows, and which are long to copy."""
    for node in query.walk():
        node.type = None
        kept = node.meta.get(SHOWN)
        node.meta.clear()
        if kept is not None:
            node.meta[SHOWN] = kept


def _drop_unused_ctes(query: exp.Expr) -> None:
    dropped = query.find(exp.CTE) is not None
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
    """Name table aliases by how deep their query is, and their place in it.

    So none shadows another that can be seen, and queries side by side may change places. All new
    names are found before the first is given: one may be an alias already.
    """
    scopes = traverse_scope(query)
    # A name that stands alone may be an alias, as that of an UNNEST: such an alias is kept.
    alone = {column.name for column in query.find_all(exp.Column) if not column.text("table")}
    fresh: dict[int, dict[str, str]] = {}
    renamed: list[tuple[exp.Expr, str, str]] = []
    for scope in scopes:
        depth = _depth(scope)
        names = fresh.setdefault(id(scope), {})
        for position, (alias, source) in enumerate(scope.references):
            holder = _alias_of(source, alias)
            if holder is not None and alias not in names and alias not in alone:
                names[alias] = f"_t{depth}_{position}"
                renamed.append((holder, "this", names[alias]))
    seen: set[int] = set()
    for scope in scopes:
        for column in scope.find_all(exp.Column, exp.TableColumn):
            if id(column) in seen:
                continue
            seen.add(id(column))
            is_row = isinstance(column, exp.TableColumn)
            name = _visible(fresh, scope, column.name if is_row else column.text("table"))
            if name is not None:
                renamed.append((column, "this" if is_row else "table", name))
    for node, key, name in renamed:
        node.set(key, exp.to_identifier(name))


def _depth(scope: Scope) -> int:
    """How many queries are around the one of `scope`."""
    depth = 0
    while scope.parent is not None:
        scope, depth = scope.parent, depth + 1
    return depth


def _alias_of(node: exp.Expr, alias: str) -> exp.TableAlias | None:
    """Where the alias of a table or of a query in FROM is written."""
    holder: exp.Expr | None = node
    while holder is not None:
        found = holder.args.get("alias")
        if isinstance(found, exp.TableAlias) and found.name == alias:
            return found
        holder = holder.parent if isinstance(holder.parent, exp.Subquery) else None
    return None


def _visible(fresh: Mapping[int, Mapping[str, str]], scope: Scope, alias: str) -> str | None:
    """The new name of an alias, as the query of `scope` or one around it defines it."""
    at: Scope | None = scope
    while at is not None and alias:
        name = fresh[id(at)].get(alias)
        if name is not None:
            return name
        at = at.parent
    return None


def _drop_brackets(query: exp.Expr) -> None:
    for paren in list(query.find_all(exp.Paren)):
        inner, outer = paren.this, paren.parent
        if isinstance(outer, exp.Bracket | exp.Dot):
            continue
        weaker = isinstance(outer, (*CHAINS, exp.Not)) and not isinstance(inner, exp.Connector)
        bare = isinstance(inner, ATOMS) or _is_call(inner) or _is_call(outer)
        if bare or weaker or isinstance(outer, CONTAINERS):
            paren.replace(inner)


def _is_call(node: exp.Expr | None) -> bool:
    """True for what is written with brackets or words of its own around its arguments."""
    return isinstance(node, exp.Func) and not isinstance(node, exp.Binary | exp.Connector)


def _drop_join_words(query: exp.Expr) -> None:
    """INNER, and OUTER beside LEFT, RIGHT or FULL, are what a JOIN is without them."""
    for join in query.find_all(exp.Join):
        if join.kind == "INNER" or (join.kind == "OUTER" and join.side):
            join.set("kind", None)


def _sort(query: exp.Expr) -> None:
    """Put operands in one order: by a digest of what they are, so that texts need not be made
    at every level of a long sum.
    """
    digests: Digests = {}

    def digest(node: exp.Expr) -> bytes:
        return _digest(node, digests)

    # Children before parents, so that operands are final when they are compared. The list keeps
    # every node alive, so that none has the `id` of an earlier one.
    nodes = list(query.walk(bfs=True))
    for node in reversed(nodes):
        if isinstance(node, CHAINS):
            _sort_chain(node, digests)
        elif isinstance(node, PAIRS) and _commutes(node):
            left, right = node.this, node.expression
            if digest(right) < digest(left):
                node.set("this", right)
                node.set("expression", left)
        elif isinstance(node, exp.In) and node.expressions:
            values = {digest(value): value for value in node.expressions}
            node.set("expressions", [values[key] for key in sorted(values)])
        elif isinstance(node, exp.Group) and not any(node.args.get(key) for key in GROUPINGS):
            node.expressions.sort(key=digest)
        elif isinstance(node, exp.Window) and node.args.get("partition_by"):
            node.args["partition_by"].sort(key=digest)


def _commutes(node: exp.Binary) -> bool:
    """False for a sum that may put lists end to end: `[1] + [2]` is not `[2] + [1]`."""
    if not isinstance(node, exp.Add):
        return True
    kinds = {_kind(node.this), _kind(node.expression)}
    return kinds <= (exp.DataType.NUMERIC_TYPES | exp.DataType.TEMPORAL_TYPES | INTERVALS)


def _kind(operand: exp.Expr) -> object:
    return operand.type.this if operand.type is not None else exp.DType.UNKNOWN


def _digest(node: exp.Expr, digests: Digests) -> bytes:
    """Equal for equal trees; quotes around a name do not count. Kept in `digests`."""
    stack = [node]
    while stack:
        part = stack[-1]
        unknown = [inner for inner in part.iter_expressions() if id(inner) not in digests]
        stack.extend(unknown)
        if not unknown:
            digests[id(stack.pop())] = _digest_of(part, digests)
    return digests[id(node)]


def _digest_of(node: exp.Expr, digests: Digests) -> bytes:
    digest = blake2b(type(node).__name__.encode(), digest_size=16)
    for key in sorted(node.args):
        value = node.args[key]
        if not value or (key == "quoted" and isinstance(node, exp.Identifier)):
            continue
        digest.update(b"\0" + key.encode())
        for item in value if isinstance(value, list) else [value]:
            inner = digests.get(id(item)) if isinstance(item, exp.Expr) else repr(item).encode()
            digest.update(b"\1" + (inner or b""))
    return digest.digest()


def _sort_chain(node: exp.Expr, digests: Digests) -> None:
    """Sort the operands of a chain of one operator, at the chain's top only."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if isinstance(above, type(node)):
        return
    operands: list[exp.Expr] = []
    stack = [node]
    while stack:
        item = stack.pop()
        inner = item.unnest()
        if isinstance(inner, type(node)):
            stack.extend((inner.expression, inner.this))
        else:
            operands.append(item)
    operands.sort(key=lambda operand: _digest(operand, digests))
    chain = operands[0]
    for operand in operands[1:-1]:
        chain = type(node)(this=chain, expression=operand)
    node.set("this", chain)
    node.set("expression", operands[-1])

"""Random small queries over `source.t(a, b, c)` and `source.u(a, d)`: what they say, small edits
of it, and the many ways to write one and the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

# An expression or condition: its kind, then its parts.
Term = tuple[Any, ...]

COLUMNS = {"t": ("a", "b"), "u": ("a", "d")}
JOINS = ("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN")
SETS = ("UNION", "UNION ALL", "EXCEPT", "INTERSECT", "UNION BY NAME")
AGGREGATES = ("count", "sum", "min", "max", "count DISTINCT", "any_value")
COMPARISONS = ("=", "<>", "<", ">", "<=", "IS NOT DISTINCT FROM", "IS DISTINCT FROM")
TURNED = {"<": ">", ">": "<", "<=": ">="}
OUTER_JOINS = ("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN")
SWAPPED = {"+", "*", "=", "<>", "IS NOT DISTINCT FROM"}


@dataclass(frozen=True)
class Query:
    """What a query says. Sides are `x`, and `y` where there is a join; each is a table."""

    tables: tuple[str, ...]
    items: tuple[tuple[str, Term], ...]
    join: str = "JOIN"
    on: Term = ("cmp", "=", ("col", "x", "a"), ("col", "y", "a"))
    where: Term | None = None
    grouped: bool = False
    distinct: bool = False
    step: str = "none"
    limit: int | None = None
    other: tuple[str, Query] | None = None
    # A join of the whole with `source.u`, and what is asked of its rows.
    around: tuple[str, str] | None = None

    @property
    def visible(self) -> tuple[str, ...]:
        """Sides of which an output can be."""
        one = len(self.tables) == 1 or self.join in ("SEMI JOIN", "ANTI JOIN")
        return ("x",) if one else ("x", "y")


def random_query(rng: Random, depth: int = 1) -> Query:
    """A query of at most two tables, or two of them put together."""
    tables = tuple(rng.choice(("t", "u")) for _ in range(rng.choice((1, 1, 2))))
    query = Query(tables, (), join=rng.choice(JOINS))
    query = replace(query, on=_condition(rng, tables, ("x", "y")[: len(tables)], 1))
    grouped = rng.random() < 0.3
    items = tuple((f"o{i}", _expression(rng, query, 2)) for i in range(rng.randint(1, 3)))
    if grouped:
        value = _column(rng, query)
        items = (*items, ("n", ("agg", rng.choice(AGGREGATES), value)))
    where = _condition(rng, tables, query.visible, 2) if rng.random() < 0.7 else None
    other = None
    if depth and rng.random() < 0.2:
        second = random_query(rng, 0)
        items, second = items[:1], replace(second, items=second.items[:1], grouped=False)
        second = replace(second, items=((items[0][0], second.items[0][1]),), limit=None)
        other, grouped = (rng.choice(SETS), second), False
    return replace(
        query,
        items=items,
        where=where,
        grouped=grouped,
        distinct=rng.random() < 0.2,
        step=rng.choice(("none", "none", "cte", "subquery")),
        limit=rng.randint(1, 4) if rng.random() < 0.1 and other is None else None,
        other=other,
        around=_around(rng) if rng.random() < 0.3 and other is None else None,
    )


def _around(rng: Random) -> tuple[str, str]:
    return rng.choice(OUTER_JOINS), rng.choice(("v.d > 0", "v.d IS NULL", "s.o0 > 1", "TRUE"))


def edited_query(rng: Random, query: Query) -> Query:
    """The query with one small change, which may or may not mean another thing."""
    kind = rng.randrange(7)
    if kind == 0:
        return replace(query, join=rng.choice(JOINS[:4] if "y" in query.visible else JOINS[4:]))
    if kind == 1:
        return replace(query, distinct=not query.distinct)
    if kind == 2 and query.around is not None:
        return replace(query, around=_around(rng))
    if kind == 2 and query.limit is not None:
        return replace(query, limit=query.limit + 1)
    if kind == 3 and query.other is not None:
        return replace(query, other=(rng.choice(SETS), query.other[1]))
    if kind == 4 and query.where is not None:
        return replace(query, where=None if rng.random() < 0.3 else _edited(rng, query.where))
    if kind == 5 and len(query.tables) == 2:
        return replace(query, on=_edited(rng, query.on))
    index = rng.randrange(len(query.items))
    name, term = query.items[index]
    items = list(query.items)
    items[index] = (name, _edited(rng, term))
    return replace(query, items=tuple(items))


def written(rng: Random, query: Query) -> str:
    """The query as one of many people would write it."""
    return _Writer(rng).query(query)


class _Writer:
    """One person's taste: names, brackets, order of what has none."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        names = rng.sample(("x", "y", "t", "u", "o", "_t0_0", "_t0_1", "_t1_0", "_c0"), 6)
        self.names = dict(zip(("x", "y", "z", "cte", "sub", "unused"), names, strict=True))

    def query(self, query: Query) -> str:
        body = self._select(query)
        if query.step == "cte":
            cte = self.names["cte"]
            body = f"WITH {self._unused()}{cte} AS ({body}) SELECT * FROM {cte}"
        elif query.step == "subquery":
            body = f"SELECT * FROM ({body}) AS {self.names['sub']}"
        if query.other is not None:
            operator, second = query.other
            other = _Writer(self.rng)._select(second)
            body = f"SELECT * FROM ({body}) AS {self.names['sub']} {operator} {other}"
        if query.around is not None:
            body = self._joined(body, *query.around)
        if query.limit is not None:
            body = f"SELECT * FROM ({body}) AS q ORDER BY ALL LIMIT {query.limit}"
        return self._spaced(body)

    def _joined(self, body: str, join: str, condition: str) -> str:
        on = "" if join == "CROSS JOIN" else " ON s.o0 = v.a"
        joined = f"{join} source.u AS v{on} WHERE {condition}"
        if self._often(0.5) and not body.startswith("WITH"):
            return f"WITH s AS ({body}) SELECT s.*, v.d AS other FROM s {joined}"
        return f"SELECT s.*, v.d AS other FROM ({body}) AS s {joined}"

    def _unused(self) -> str:
        return f"{self.names['unused']} AS (SELECT 1 AS one), " if self.rng.random() < 0.3 else ""

    def _select(self, query: Query) -> str:
        items = ", ".join(f"{self._term(term)} AS {name}" for name, term in query.items)
        distinct = "DISTINCT " if query.distinct else ""
        source = f"source.{query.tables[0]} AS {self.names['x']}"
        if len(query.tables) == 2:
            inner = query.join == "JOIN" and self.rng.random() < 0.3
            join = "INNER JOIN" if inner else query.join
            table = f"source.{query.tables[1]} AS {self.names['y']}"
            source += f" {join} {table} ON {self._term(query.on)}"
        where = "" if query.where is None else f" WHERE {self._term(query.where)}"
        keys = [self._term(term) for _, term in query.items if term[0] != "agg"]
        numbers = ", ".join(str(i + 1) for i in range(len(keys)))
        group = f" GROUP BY {numbers}" if query.grouped else ""
        return f"SELECT {distinct}{items} FROM {source}{where}{group}"

    def _term(self, term: Term) -> str:
        kind, *parts = term
        text = getattr(self, f"_{kind}")(*parts)
        return f"({text})" if kind in ("op", "and", "or", "not") or self._often(0.1) else str(text)

    def _col(self, side: str, name: str) -> str:
        quoted = f'"{name}"' if self._often(0.1) else name.upper() if self._often(0.1) else name
        return f"{self.names[side]}.{quoted}"

    def _lit(self, value: int) -> str:
        return str(value)

    def _op(self, operator: str, left: Term, right: Term) -> str:
        one, other = self._term(left), self._term(right)
        if operator in SWAPPED and self._often(0.5):
            one, other = other, one
        return f"{one} {operator} {other}"

    def _cmp(self, operator: str, left: Term, right: Term) -> str:
        if operator in TURNED and self._often(0.3):
            return self._op(TURNED[operator], right, left)
        return self._op(operator, left, right)

    def _coalesce(self, *parts: Term) -> str:
        name = (
            self.rng.choice(("coalesce", "COALESCE", "ifnull")) if len(parts) == 2 else "coalesce"
        )
        return f"{name}({', '.join(self._term(part) for part in parts)})"

    def _case(self, condition: Term, one: Term, other: Term) -> str:
        return (
            f"CASE WHEN {self._term(condition)} THEN {self._term(one)} ELSE {self._term(other)} END"
        )

    def _agg(self, name: str, value: Term) -> str:
        function, _, distinct = name.partition(" ")
        return f"{function}({distinct} {self._term(value)})"

    def _in(self, value: Term, *listed: int) -> str:
        shuffled = self.rng.sample(listed, len(listed))
        return f"{self._term(value)} IN ({', '.join(map(str, shuffled))})"

    def _null(self, value: Term) -> str:
        return f"{self._term(value)} IS NULL"

    def _not(self, part: Term) -> str:
        return f"NOT {self._term(part)}"

    def _and(self, *parts: Term, word: str = "AND") -> str:
        return f" {word} ".join(self._term(part) for part in self.rng.sample(parts, len(parts)))

    def _or(self, *parts: Term) -> str:
        return self._and(*parts, word="OR")

    def _exists(self, table: str, side: str, name: str) -> str:
        inner = f"source.{table} AS {self.names['z']}"
        pair = [f"{self.names['z']}.a", self._col(side, name)]
        self.rng.shuffle(pair)
        return f"EXISTS (SELECT 1 FROM {inner} WHERE {pair[0]} = {pair[1]})"

    def _spaced(self, text: str) -> str:
        return text.replace(" FROM ", "\n  from ") if self._often(0.3) else text

    def _often(self, share: float) -> bool:
        return self.rng.random() < share


def _column(rng: Random, query: Query) -> Term:
    side = rng.choice(query.visible)
    table = query.tables["xy".index(side)]
    return ("col", side, rng.choice(COLUMNS[table]))


def _expression(rng: Random, query: Query, depth: int) -> Term:
    kind = rng.randrange(7) if depth else 0
    if kind < 3:
        return _column(rng, query)
    inner = [_expression(rng, query, depth - 1) for _ in range(2)]
    if kind == 3:
        return ("op", rng.choice(("+", "-", "*")), *inner)
    if kind == 4:
        return ("coalesce", *inner)
    if kind == 5:
        return ("op", rng.choice(("+", "-")), inner[0], ("lit", rng.randint(0, 2)))
    condition = _condition(rng, query.tables, query.visible, depth - 1)
    return ("case", condition, *inner)


def _condition(rng: Random, tables: tuple[str, ...], sides: tuple[str, ...], depth: int) -> Term:
    query = Query(tables, (), join="JOIN" if len(sides) == 2 else "SEMI JOIN")
    column = _column(rng, query)
    kind = rng.randrange(8) if depth else rng.randrange(4)
    if kind < 2:
        return ("cmp", rng.choice(COMPARISONS), column, _column(rng, query))
    if kind == 2:
        return ("cmp", rng.choice(COMPARISONS), column, ("lit", rng.randint(0, 3)))
    if kind == 3:
        return ("null", column) if rng.random() < 0.5 else ("in", column, *rng.sample(range(4), 2))
    parts = [_condition(rng, tables, sides, depth - 1) for _ in range(rng.randint(2, 3))]
    if kind == 4:
        return ("not", parts[0])
    if kind == 5:
        return ("exists", rng.choice(("t", "u")), column[1], column[2])
    return ("and" if kind == 6 else "or", *parts)


def _edited(rng: Random, term: Term) -> Term:
    """One part of the term changed, in a way that keeps it a valid one."""
    inner = [i for i, part in enumerate(term) if isinstance(part, tuple)]
    if inner and rng.random() < 0.6:
        index = rng.choice(inner)
        return (*term[:index], _edited(rng, term[index]), *term[index + 1 :])
    kind, *parts = term
    edits: dict[str, Term] = {
        "op": (kind, rng.choice(("+", "-", "*")), *parts[1:]),
        "cmp": (kind, rng.choice(COMPARISONS), *parts[1:]),
        "and": ("or", *parts),
        "or": ("and", *parts),
        "coalesce": (kind, *parts[::-1]),
        "case": (kind, parts[0], *parts[:0:-1]),
        "agg": (kind, rng.choice(AGGREGATES), *parts[1:]),
        "null": ("not", term),
    }
    if kind in ("op", "cmp") and rng.random() < 0.5:
        return (kind, parts[0], parts[2], parts[1])
    if kind in ("lit", "in"):
        return (kind, *(part + 1 if isinstance(part, int) else part for part in parts))
    return edits.get(str(kind), term)

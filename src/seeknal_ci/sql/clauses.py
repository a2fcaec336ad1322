"""The parts of a query that decide its rows, so that two queries can be told apart by part."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from seeknal_ci.model.place import Place
from seeknal_ci.sql.analysed import Clause
from seeknal_ci.sql.canonical import GROUPINGS, SHOWN
from seeknal_ci.sql.functions import AGGREGATES
from seeknal_ci.sql.outputs import branches_of
from seeknal_ci.sql.references import Resolved, place_in
from seeknal_ci.sql.set_returning import called, set_returning
from seeknal_ci.sql.texts import text_of, texts_of_outputs

CLAUSES = {
    "with_": "with",
    "distinct": "distinct",
    "from_": "from",
    "joins": "join",
    "where": "filter",
    "group": "group by",
    "having": "having",
    "windows": "window",
    "qualify": "qualify",
    "order": "order by",
    "limit": "limit",
    "offset": "offset",
    "sample": "sample",
}

# Functions that may take a value of many rows, or make many rows of one.
GATHERING = (exp.AggFunc, exp.Anonymous, exp.Explode, exp.GenerateSeries, exp.Unnest)

IS_NOT_NULL = re.compile(r"\bNOT (\S+) IS NULL\b")


def keep_own_words(tree: exp.Expr, query: Resolved, dialect: str) -> None:
    """Let every term of a query remember how the project writes it, wherever it is moved."""
    selects: list[exp.Expr] = list(tree.find_all(exp.Select))
    written: list[exp.Expr] = list(query.written.find_all(exp.Select))
    if len(selects) != len(written):
        selects, written = [tree], [query.written.unnest()]
    for select, origin in zip(selects, written, strict=True):
        for key in CLAUSES:
            terms, own = _terms(select.args.get(key)), _terms(origin.args.get(key))
            if len(terms) == len(own):
                for term, words in zip(terms, own, strict=True):
                    term.meta[SHOWN] = _shown(_by_place(words, origin, key), dialect)


def clauses_of(shape: exp.Expr, query: Resolved, dialect: str) -> Mapping[str, Clause]:
    """The parts of the outermost query of a normalised tree, as they are compared and written."""
    found = _own(shape, query, dialect)
    if isinstance(shape, exp.Query) and not isinstance(shape, exp.Select):
        name = "set operation" if isinstance(shape, exp.SetOperation) else "query"
        terms = _inner(shape, dialect)
        found[name] = Clause(" ".join(terms), terms, place_in(query.written, query.origin))
    return found


def expressions_of(shape: exp.Expr, dialect: str) -> Mapping[str, str]:
    """Output name to the canonical text of its expressions, one of each side of a UNION."""
    assert isinstance(shape, exp.Query), "normalising keeps a query a query"
    sides = [
        list(
            zip(
                (output.alias_or_name for output in branch.selects),
                texts_of_outputs(branch, dialect),
                strict=True,
            )
        )
        for branch in branches_of(shape)
    ]
    names = [name for name, _ in sides[0]]
    if isinstance(shape, exp.SetOperation) and shape.args.get("by_name"):
        by_name = [dict(side) for side in sides]
        names = list(dict.fromkeys(name for side in sides for name, _ in side))
        return {name: " | ".join(side.get(name, "") for side in by_name) for name in names}
    columns = zip(*sides, strict=False)
    texts = [" | ".join(text for _, text in column) for column in columns]
    return dict(zip(names, texts, strict=False))


def places_of(query: Resolved) -> Mapping[str, Place]:
    """Output name to the place where the query names it."""
    outputs = zip(query.tree.selects, query.written.selects, strict=True)
    return {
        named.alias_or_name: place_in(own.args.get("alias") or own, query.origin)
        for named, own in outputs
        if named.alias_or_name and not named.is_star
    }


def _own(shape: exp.Expr, query: Resolved, dialect: str) -> dict[str, Clause]:
    written = query.written.unnest()
    found: dict[str, Clause] = {}
    for key, name in CLAUSES.items():
        terms = _texts(shape, key, dialect)
        if terms:
            own = _terms(written.args.get(key)) or [written]
            found[name] = Clause(" ".join(terms), terms, place_in(own[0], query.origin))
    if isinstance(shape, exp.Select):
        for name, terms in implied(shape, dialect).items():
            found[name] = Clause(" ".join(terms), terms, place_in(written, query.origin))
    return found


def _texts(shape: exp.Expr, key: str, dialect: str) -> dict[str, str]:
    """Canonical text to the project's own, for every term of a clause."""
    part = shape.args.get(key)
    if isinstance(part, exp.Group) and part.args.get("all") and isinstance(shape, exp.Select):
        keys = [s.unalias() for s in shape.selects if not _aggregates(s, shape)]
        return {text_of(key, dialect): "ALL" for key in keys}
    if isinstance(part, exp.Distinct) and isinstance(shape, exp.Select) and not part.args.get("on"):
        return {" ".join(text_of(s, dialect) for s in shape.selects): "DISTINCT"}
    texts = [(text_of(term, dialect), term) for term in _terms(part)]
    return {text: str(term.meta.get(SHOWN, text)) for text, term in texts}


def implied(shape: exp.Select, dialect: str) -> dict[str, dict[str, str]]:
    """What the outputs do to the rows: an aggregate makes one of all, UNNEST many of one."""
    found: dict[str, dict[str, str]] = {}
    if shape.find(*GATHERING) is None:
        return found
    if not shape.args.get("group") and any(_aggregates(s, shape) for s in shape.selects):
        found["aggregate"] = {"one": "one row for all"}
    if unnested := set_returning(shape, dialect):
        found["unnest"] = {text_of(item, dialect): called(item) for item in unnested}
    return found


def _aggregates(output: exp.Expr, select: exp.Select) -> bool:
    """True if an output is made of an aggregate of the query itself, and not over a window."""
    for function in output.find_all(exp.AggFunc, exp.Anonymous):
        if isinstance(function, exp.Anonymous) and function.name.lower() not in AGGREGATES:
            continue
        if function.find_ancestor(exp.Window, exp.Select) is select:
            return True
    return False


def _inner(shape: exp.Query, dialect: str) -> dict[str, str]:
    """Operators and, side by side, what decides the rows; columns only where rows are compared."""
    operations = [o for o in shape.walk() if isinstance(o, exp.SetOperation)]
    compared = any(o.args.get("distinct") or not isinstance(o, exp.Union) for o in operations)
    terms = {f"{at} {_operator(o)}": _operator(o) for at, o in enumerate(operations)}
    for at, branch in enumerate(branches_of(shape)):
        for key in CLAUSES:
            terms |= {f"{at} {t}": w for t, w in _texts(branch, key, dialect).items()}
        if isinstance(branch, exp.Select):
            for found in implied(branch, dialect).values():
                terms |= {f"{at} {t}": w for t, w in found.items()}
        if compared:
            columns = " ".join(text_of(select, dialect) for select in branch.selects)
            terms[f"{at} {columns}"] = "DISTINCT"
    return terms


def _operator(operation: exp.SetOperation) -> str:
    words = [operation.key.upper(), "" if operation.args.get("distinct") else "ALL"]
    return " ".join([w for w in (*words, "BY NAME" * bool(operation.args.get("by_name"))) if w])


def _by_place(words: exp.Expr, select: exp.Expr, key: str) -> exp.Expr:
    """What is grouped or ordered by, where the project gives the number of an output."""
    number = words.this if isinstance(words, exp.Ordered) else words
    if key not in ("group", "order") or not isinstance(number, exp.Literal) or number.is_string:
        return words
    outputs = select.selects if isinstance(select, exp.Select) else []
    if not number.name.isdigit() or not 0 < int(number.name) <= len(outputs):
        return words
    if any(output.is_star for output in outputs):
        return words
    copy = words.copy()
    output = outputs[int(number.name) - 1].unalias().copy()
    if isinstance(copy, exp.Ordered):
        copy.set("this", output)
        return copy
    return output


def _terms(part: object) -> list[exp.Expr]:
    """What a clause is made of: conditions, joins, grouping expressions, or the whole of it."""
    if isinstance(part, list):
        return list(part)
    if isinstance(part, exp.Where | exp.Having | exp.Qualify):
        return list(part.this.flatten()) if isinstance(part.this, exp.And) else [part.this]
    if isinstance(part, exp.Group) and any(part.args.get(key) for key in GROUPINGS):
        return [part]
    if isinstance(part, exp.Group | exp.Order) and part.expressions:
        return list(part.expressions)
    return [part] if isinstance(part, exp.Expr) else []


def _shown(part: exp.Expr, dialect: str) -> str:
    text = " ".join(part.sql(dialect, comments=False).split())
    return IS_NOT_NULL.sub(r"\1 IS NOT NULL", text)

"""The parts of a query that decide its rows, so that two queries can be told apart by part."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from seeknal_ci.model.place import Place
from seeknal_ci.sql.analysed import Clause
from seeknal_ci.sql.canonical import normalised, text_of
from seeknal_ci.sql.references import Resolved, place_in

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

IS_NOT_NULL = re.compile(r"\bNOT (\S+) IS NULL\b")


def clauses_of(tree: exp.Expr, query: Resolved, dialect: str) -> Mapping[str, Clause]:
    """The parts of the outermost query, as they are compared and as the project writes them."""
    written = query.written
    canonical = normalised(_with_own_words(tree, written, dialect), dialect)
    if not isinstance(canonical, exp.Select):
        text = text_of(canonical, dialect)
        terms = {text: _shown(written, dialect)}
        return {"set operation": Clause(text, terms, place_in(written, query.origin))}
    found: dict[str, Clause] = {}
    for key, name in CLAUSES.items():
        terms = {
            text_of(term, dialect): str(term.meta.get("shown", text_of(term, dialect)))
            for term in _terms(canonical.args.get(key))
        }
        if terms:
            own = _terms(written.args.get(key)) or [written]
            found[name] = Clause(" ".join(terms), terms, place_in(own[0], query.origin))
    return found


def places_of(query: Resolved) -> Mapping[str, Place]:
    """Output name to the place where the query names it."""
    return {
        select.alias_or_name: place_in(select.args.get("alias") or select, query.origin)
        for select in query.written.selects
        if select.alias_or_name and not select.is_star
    }


def _with_own_words(tree: exp.Expr, written: exp.Query, dialect: str) -> exp.Expr:
    """A copy whose terms remember how the project writes them, wherever they are moved."""
    tagged = tree.copy()
    for key in CLAUSES:
        terms, own = _terms(tagged.args.get(key)), _terms(written.args.get(key))
        if len(terms) == len(own):
            for term, words in zip(terms, own, strict=True):
                term.meta["shown"] = _shown(words, dialect)
    return tagged


def _terms(part: object) -> list[exp.Expr]:
    """What a clause is made of: conditions, joins, grouping expressions, or the whole of it."""
    if isinstance(part, list):
        return list(part)
    if isinstance(part, exp.Where | exp.Having | exp.Qualify):
        return list(part.this.flatten()) if isinstance(part.this, exp.And) else [part.this]
    if isinstance(part, exp.Group | exp.Order) and part.expressions:
        return list(part.expressions)
    return [part] if isinstance(part, exp.Expr) else []


def _shown(part: exp.Expr, dialect: str) -> str:
    text = " ".join(part.sql(dialect, comments=False).split())
    return IS_NOT_NULL.sub(r"\1 IS NOT NULL", text)

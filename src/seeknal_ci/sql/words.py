"""The project's own words for parts of a query, kept on its tree while sqlglot rewrites it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.canonical import GROUPINGS
from seeknal_ci.sql.clauses import IS_NOT_NULL
from seeknal_ci.sql.references import Resolved, place_in

WORDS = "words"
OUTPUTS = "words of outputs"
PLACE = "place"
CLAUSES = ("where", "having", "qualify", "group", "order", "distinct", "limit", "offset", "sample")


def worded(query: Resolved, dialect: str) -> exp.Query:
    """A copy of the query's tree on which every output and clause knows how it is written."""
    tree = query.tree.copy()
    selects = list(tree.find_all(exp.Select))
    own = list(query.written.find_all(exp.Select))
    for select, written in zip(selects, own if len(own) == len(selects) else selects, strict=True):
        _keep_outputs(select, written, dialect)
        for part, words in _clauses(select, written, dialect):
            part.meta[WORDS] = words
            part.meta[PLACE] = beginning_of(part, query.origin)
    joins, own_joins = list(tree.find_all(exp.Join)), list(query.written.find_all(exp.Join))
    for join, own_join in zip(
        joins, own_joins if len(own_joins) == len(joins) else joins, strict=True
    ):
        join.meta[WORDS] = _join(own_join, dialect)
    return tree


def words_of(part: exp.Expr, dialect: str) -> str:
    """How the project writes a part of a query; as it is analysed where it is derived."""
    return str(part.meta.get(WORDS) or text_of_part(part, dialect))


def place_of(part: exp.Expr, origin: SqlText) -> Place:
    """Where the project writes a part of a query."""
    place = part.meta.get(PLACE)
    return place if isinstance(place, Place) else beginning_of(part, origin)


def beginning_of(part: exp.Expr, origin: SqlText) -> Place:
    """The place of the first word of a part that knows where it stands."""
    words = part.find_all(exp.Identifier, exp.Literal)
    located = [word for word in words if word.meta.get("start") is not None]
    return place_in(min(located, key=lambda word: word.meta["start"], default=part), origin)


def words_of_outputs(select: exp.Select, dialect: str) -> list[str]:
    """How the project writes each output; the columns that `*` stands for by their names."""
    kept = select.meta.get(OUTPUTS)
    if kept is not None and None not in kept and len(kept) == len(select.selects):
        return [str(words) for words in kept]
    return [_derived(output, dialect) for output in select.selects]


def own_words(query: Resolved, dialect: str, name: str) -> str | None:
    """How the project writes an output of its outermost query; None where it has no name there."""
    if len(query.tree.selects) != len(query.written.selects):
        return None
    for output, written in zip(query.tree.selects, query.written.selects, strict=True):
        if output.alias_or_name.lower() == name and not output.is_star:
            return text_of_part(written.unalias(), dialect)
    return None


def terms_of(part: object) -> list[exp.Expr]:
    """What a clause is made of: its conditions, its keys, or the whole of it."""
    if isinstance(part, list):
        return list(part)
    if isinstance(part, exp.Where | exp.Having | exp.Qualify):
        return list(part.this.flatten()) if isinstance(part.this, exp.And) else [part.this]
    if isinstance(part, exp.Group | exp.Order) and part.expressions:
        split = not any(part.args.get(key) for key in GROUPINGS)
        return list(part.expressions) if split else [part]
    return [part] if isinstance(part, exp.Expr) else []


def text_of_part(part: exp.Expr, dialect: str) -> str:
    """A part of a query on one line, names quoted only where they must be."""
    plain = part.copy()
    for identifier in plain.find_all(exp.Identifier):
        # A table of a resolved query has its node's id as its name.
        names = identifier.name.split(".") if isinstance(identifier.parent, exp.Table) else ()
        if all(map(exp.SAFE_IDENTIFIER_RE.match, names or (identifier.name,))):
            identifier.set("quoted", False)
    text = " ".join(plain.sql(dialect, comments=False).split())
    return IS_NOT_NULL.sub(r"\1 IS NOT NULL", text)


def _keep_outputs(select: exp.Select, written: exp.Select, dialect: str) -> None:
    texts = [
        None if output.is_star else text_of_part(output.unalias(), dialect)
        for output in written.expressions
    ]
    select.meta[OUTPUTS] = tuple(texts)
    for output, text in zip(select.expressions, texts, strict=True):
        if text is not None:
            output.meta[WORDS] = text


def _derived(output: exp.Expr, dialect: str) -> str:
    kept = output.meta.get(WORDS) or output.unalias().meta.get(WORDS)
    if kept:
        return str(kept)
    inner = output.unalias()
    return inner.name if isinstance(inner, exp.Column) else text_of_part(inner, dialect)


def _clauses(
    select: exp.Select, written: exp.Select, dialect: str
) -> Iterator[tuple[exp.Expr, str]]:
    for key in CLAUSES:
        terms, own = terms_of(select.args.get(key)), terms_of(written.args.get(key))
        if len(terms) == len(own):
            for term, words in zip(terms, own, strict=True):
                yield term, text_of_part(words, dialect)


def _join(join: exp.Join, dialect: str) -> str:
    """A join without the query that it may join with."""
    brief = join.copy()
    if isinstance(brief.this, exp.Subquery):
        brief.this.set("this", exp.var("…"))
    text = text_of_part(brief, dialect)
    return text.removeprefix(", ") if not text.startswith(",") else f"CROSS JOIN {text[1:].strip()}"

"""Steps in WITH or FROM that only choose, compute or filter, put into the query around them.

sqlglot does it, and more than is right: it merges what an outer join makes NULL, what is sampled or
matched by its place, and constants, whose type goes by what stands beside them. Such steps are
kept, and a query with one of them is compared as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.merge_subqueries import merge_subqueries
from sqlglot.optimizer.scope import Scope, traverse_scope

from seeknal_ci.sql.copies import copied

# A clause with which sqlglot merges no query, and which nobody writes in the dialects that we read.
KEPT = "options"

# What needs no brackets wherever it is put.
WHOLE = (exp.Column, exp.Literal, exp.Paren)

# Joins that match rows by their place or by the nearest.
BY_PLACE = ("ASOF", "POSITIONAL")


def merged(query: exp.Expr) -> exp.Expr:
    """The query, or another one that does the same in fewer steps.

    What a function does is computed once in a step, and once a use without it: where a function
    may have another value each time, steps are kept.
    """
    if query.find(exp.CTE, exp.Subquery) is None or not _is_steady(query):
        return query
    inlined = copied(query)
    _inline(inlined)
    _keep_some(inlined)
    try:
        found = merge_subqueries(inlined)
    except (SqlglotError, KeyError, ValueError):
        return query  # what cannot be merged stays as it is written, and is compared so
    for select in found.find_all(exp.Select):
        select.set(KEPT, None)
    return found


def _keep_some(query: exp.Expr) -> None:
    """Mark the steps that are not to be merged, and put brackets around what the others compute."""
    bare: dict[int, dict[str, bool]] = {}
    joined: dict[int, bool] = {}
    # Inner queries come first, so that it is known what a step becomes when its own are merged.
    for scope in traverse_scope(query):
        reader = scope.expression
        if not isinstance(reader, exp.Select):
            continue
        merging: dict[str, exp.Select] = {}
        for alias, step in _steps(scope):
            known = id(step) in bare  # which a step that reads itself is not yet
            if not known or _is_kept(reader, alias, step, bare[id(step)], joined[id(step)]):
                step.set(KEPT, [exp.var("kept")])
            else:
                merging[alias] = step
                _put_in_brackets(step)
        bare[id(reader)] = {
            output.alias_or_name: _is_bare(output.unalias(), merging, bare)
            for output in reader.selects
        }
        within = any(joined[id(step)] for step in merging.values())
        joined[id(reader)] = within or bool(reader.args.get("joins"))


def _put_in_brackets(step: exp.Select) -> None:
    """What is computed stays one value wherever it is put, as after NOT."""
    for output in step.selects:
        value = output.unalias()
        if value is not output and not isinstance(value, WHOLE):
            brackets = exp.Paren()
            brackets.type = value.type
            value.replace(brackets)
            brackets.set("this", value)


def _steps(scope: Scope) -> Iterator[tuple[str, exp.Select]]:
    for alias, (_, source) in scope.selected_sources.items():
        step = source.expression.unnest() if isinstance(source, Scope) else None
        if isinstance(step, exp.Select):
            yield alias, step


def _is_kept(
    reader: exp.Select, alias: str, step: exp.Select, bare: dict[str, bool], joined: bool
) -> bool:
    joins: list[exp.Join] = reader.args.get("joins") or []
    if any(join.method in BY_PLACE for join in joins) or (joined and joins):
        return True
    if step.args.get("order") or reader.find(exp.TableSample) is not None:
        return True
    if any(output.find(exp.Column) is None for output in step.selects):
        return True
    sides = {join.side for join in joins}
    own = next((join.side for join in joins if join.alias_or_name == alias), "")
    everywhere = "RIGHT" in sides or "FULL" in sides
    if everywhere and step.args.get("where"):
        return True
    return (everywhere or own == "LEFT") and not all(bare.values())


def _is_bare(
    value: exp.Expr, merging: dict[str, exp.Select], bare: dict[int, dict[str, bool]]
) -> bool:
    """True for a column that is still one when the steps that it comes from are merged."""
    if not isinstance(value, exp.Column):
        return False
    step = merging.get(value.table)
    return step is None or bare[id(step)].get(value.name, False)


def _inline(query: exp.Expr) -> None:
    """Put what is defined in WITH and read once to where it is read."""
    names = [cte.alias.lower() for cte in query.find_all(exp.CTE)]
    if len(set(names)) < len(names):
        return
    readers: dict[str, list[exp.Table]] = {}
    for table in query.find_all(exp.Table):
        readers.setdefault(table.name.lower(), []).append(table)
    for cte in list(query.find_all(exp.CTE)):
        found = readers.get(cte.alias.lower(), [])
        with_ = cte.parent
        if len(found) != 1 or not isinstance(with_, exp.With) or with_.recursive:
            continue
        table, alias = found[0], cte.args["alias"]
        said = {key for key, value in table.args.items() if value}
        if alias.columns or not said <= {"this", "alias"}:
            continue
        name = exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
        cte.pop()
        table.replace(exp.Subquery(this=cte.this, alias=name))
        if not with_.expressions:
            with_.pop()


def _is_steady(node: exp.Expr) -> bool:
    return node.find(exp.Anonymous, exp.Rand, exp.Randn, exp.Uuid, exp.UserDefinedFunction) is None

"""Which nodes a query reads, in every way a project may name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from sqlglot import exp

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.naming import name_outputs
from seeknal_ci.sql.writable import make_writable

# Table functions whose rows depend on their arguments alone. All others may read from outside the
# pipeline, as `read_csv` does, or tell about the database, as `duckdb_secrets`.
INSIDE = frozenset(
    {
        "explode",
        "exploding_generate_series",
        "flatten",
        "generate_series",
        "generate_subscripts",
        "json_array_elements",
        "json_array_elements_text",
        "json_each",
        "json_tree",
        "jsonb_array_elements",
        "jsonb_array_elements_text",
        "jsonb_each",
        "range",
        "regexp_split_to_table",
        "repeat",
        "repeat_row",
        "string_to_table",
        "unnest",
    }
)


# What the parser knows the place of.
PLACED = (exp.Identifier, exp.Literal, exp.Star, exp.Anonymous)

# Beside a line that is the YAML's own: where the text is that a template there stands for.
STANDS_FOR = "stands for"


@dataclass(frozen=True)
class Resolved:
    """A query in which every table is a node: `tree` names them by id, `reads` lists them.

    `written` is the query in the project's own words, for messages.
    """

    tree: exp.Query
    written: exp.Query
    reads: tuple[tuple[str, Place], ...]
    origin: SqlText


def resolve(query: exp.Query, origin: SqlText, inputs: Sequence[str]) -> Resolved:
    """Replace every reference by the id of its node. Raises SqlError.

    References are `kind.name`, `ref('kind.name')`, `input_N` and `__THIS__`; ids are compared
    as SQL compares names, without regard to case.
    """
    tree = query.copy()
    make_writable(tree)
    name_outputs(tree)
    reads: list[tuple[str, Place]] = []
    named: list[tuple[exp.Table, str]] = []
    for table in list(tree.find_all(exp.Table)):
        place = place_in(table, origin)
        node_id = _node_id(table, inputs, place)
        if node_id is not None:
            named.append((table, node_id))
            reads.append((node_id, place))
    qualifiers = _rename(tree, named)
    for column in tree.find_all(exp.Column):
        if column.args.get("db"):
            alias = qualifiers.get(f"{column.args['db'].name}.{column.table}".lower())
            if alias is not None:
                column.set("table", exp.to_identifier(alias))
                column.set("db", None)
    return Resolved(tree, query, tuple(reads), origin)


def place_in(node: exp.Expr, origin: SqlText) -> Place:
    """Where a part of the tree stands in the project's file; the query's start if unknown."""
    # Most that are asked for are columns, whose name is the first part that has a place.
    own = isinstance(node, exp.Column) and "line" in node.this.meta
    for part in [node.this] if own else node.find_all(*PLACED):
        line = part.meta.get("line")
        if line is not None:
            column = part.meta.get("col")
            width = part.meta.get("end", 0) - part.meta.get("start", 0)
            place = origin.place_of(line, None if column is None else max(1, column - width))
            inside = part.meta.get(STANDS_FOR)
            return place if inside is None else replace(place, inside=inside)
    return origin.place_of(1)


def _node_id(table: exp.Table, inputs: Sequence[str], place: Place) -> str | None:
    """The node that a table in FROM stands for; None for a CTE or a harmless table function."""
    this = table.this
    if isinstance(this, exp.Anonymous) and this.name.lower() == "ref":
        return _ref_argument(this, inputs, place)
    if isinstance(this, exp.Func):
        _refuse_outside(this, place)
        return None
    if table.args.get("db"):
        return _same_name(".".join(part.name for part in table.parts), inputs)
    if _is_cte(table):
        return None
    name = table.name.lower()
    if name in (node_id.lower() for node_id in inputs):
        return _same_name(table.name, inputs)
    if name == "__this__" and len(inputs) == 1:
        return inputs[0]
    if name.startswith("input_") and name[len("input_") :].isdigit():
        index = int(name[len("input_") :])
        if index < len(inputs):
            return inputs[index]
        raise SqlError(
            "unknown-input",
            f"`{table.name}` is read, but the node has {_count(inputs)}, numbered from 0",
            fix="add the input under `inputs:`, or correct the number",
            place=place,
        )
    raise _unknown_table(table, inputs, place)


def _unknown_table(table: exp.Table, inputs: Sequence[str], place: Place) -> SqlError:
    ends = {node_id.split(".", 1)[-1].lower(): node_id for node_id in inputs}
    close = get_close_matches(table.name.lower(), list(ends), n=1)
    fix = (
        f"write `{ends[close[0]]}`"
        if close
        else "name a node as `kind.name`, or add the table to the pipeline as a source"
    )
    return SqlError(
        "unknown-table", f"the SQL reads `{table.name}`, which is no node", fix=fix, place=place
    )


def _count(inputs: Sequence[str]) -> str:
    return "1 input" if len(inputs) == 1 else f"{len(inputs)} inputs"


def _ref_argument(function: exp.Anonymous, inputs: Sequence[str], place: Place) -> str:
    arguments = function.expressions
    if len(arguments) == 1 and isinstance(arguments[0], exp.Literal) and arguments[0].is_string:
        return _same_name(arguments[0].name, inputs)
    raise SqlError(
        "ref-argument",
        "`ref(…)` takes one node id in quotes",
        fix="write ref('kind.name')",
        place=place,
    )


def _same_name(node_id: str, inputs: Sequence[str]) -> str:
    """The declared input that SQL would take for the same name, else the id as written."""
    if node_id in inputs:
        return node_id
    return next((i for i in inputs if i.lower() == node_id.lower()), node_id)


def _refuse_outside(function: exp.Func, place: Place) -> None:
    name = (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
    if name not in INSIDE:
        raise SqlError(
            "outside-read",
            f"the SQL reads from outside the pipeline with `{name}(…)`",
            fix="make it a source, and read that",
            place=place,
        )


def _is_cte(table: exp.Table) -> bool:
    """True if the name is one that a WITH around the table defines and that it can see."""
    name = table.name.lower()
    return any(name == visible for visible in _visible_ctes(table))


def _visible_ctes(table: exp.Table) -> Iterator[str]:
    child: exp.Expr = table
    parent = table.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            for cte in parent.expressions:
                if cte is child:
                    if parent.recursive:
                        yield cte.alias.lower()
                    break
                yield cte.alias.lower()
            # The WITH's own query is the next parent, and would show all of its names.
            child, parent = parent, parent.parent
            if parent is None:
                return
        else:
            with_ = parent.args.get("with_")
            if with_ is not None:
                yield from (cte.alias.lower() for cte in with_.expressions)
        child, parent = parent, parent.parent


def _rename(tree: exp.Query, named: list[tuple[exp.Table, str]]) -> dict[str, str]:
    """Give every table its node id as its name and an alias; node id to alias where implicit."""
    taken: dict[int, set[str]] = {}
    ours = {id(table) for table, _ in named}
    for table in tree.find_all(exp.Table):
        if table.alias or id(table) not in ours:
            scope = taken.setdefault(id(table.parent_select), set())
            scope.add(table.alias_or_name.lower())
    implicit: dict[str, str] = {}
    for table, node_id in named:
        identifier = exp.to_identifier(node_id, quoted=True)
        identifier.meta.update(_position(table))
        if not table.alias:
            scope = taken.setdefault(id(table.parent_select), set())
            short = node_id.split(".", 1)[-1]
            alias = table.name if not isinstance(table.this, exp.Func) else short
            alias = alias if alias.lower() not in scope else node_id.replace(".", "_")
            implicit[node_id.lower()] = alias
            scope.add(alias.lower())
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
        table.set("this", identifier)
        table.set("db", None)
        table.set("catalog", None)
    return implicit


def _position(table: exp.Table) -> dict[str, object]:
    for part in table.find_all(exp.Identifier, exp.Literal):
        if "line" in part.meta:
            return dict(part.meta)
    return {}

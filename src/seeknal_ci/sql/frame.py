"""What decides the rows of a query, whatever it puts out: two with one frame have the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from seeknal_ci.sql.analysed import Frame
from seeknal_ci.sql.clauses import implied
from seeknal_ci.sql.functions import AGGREGATES
from seeknal_ci.sql.merging import BY_PLACE
from seeknal_ci.sql.references import Resolved
from seeknal_ci.sql.set_returning import KNOWN
from seeknal_ci.sql.texts import text_of

# What chooses among rows: which these are may go by the outputs, or by the order they come in.
CHOOSING = ("distinct", "limit", "offset", "fetch", "sample")

# What may take more than one row for a value, or make more than one of it.
MIXING = (exp.AggFunc, exp.Anonymous, exp.Explode, exp.Query, exp.Unnest, exp.Window)

# The same for the same rows in whatever order.
STEADY = (exp.Count, exp.LogicalAnd, exp.LogicalOr, exp.Max, exp.Min)


def frame_of(shape: exp.Expr, dialect: str) -> Frame | None:
    """The frame of a normalised query, which loses its outputs by this.

    None where other outputs could make other rows, or nobody knows.
    """
    if not isinstance(shape, exp.Select) or any(shape.args.get(key) for key in CHOOSING):
        return None
    group = shape.args.get("group")
    if group is not None and (group.args.get("all") or _counts_outputs(group)):
        return None
    names = [output.alias_or_name.lower() for output in shape.selects]
    if len(set(names)) < len(names) or any(output.is_star for output in shape.selects):
        return None
    if any(column.name.lower() in names for column in _bare_names(shape)):
        return None
    mixes = any(node is not shape for node in shape.find_all(*MIXING))
    mixing = frozenset(o.alias_or_name.lower() for o in shape.selects if mixes and _mixes(o))
    rows = sorted(text for terms in implied(shape, dialect).values() for text in terms)
    shape.set("expressions", [exp.Star()])
    return Frame("\n".join([text_of(shape, dialect), *rows]), mixing, in_any_order(shape))


def in_any_order(tree: exp.Expr) -> bool:
    """True if the engine may go about a query in another way for other outputs."""
    return tree.find(exp.Join, exp.Group, exp.Distinct, exp.SetOperation, exp.Lateral) is not None


def has_named_windows(query: Resolved) -> bool:
    """True if there is a WINDOW clause, which may go by outputs: no lineage tells of that."""
    return any(select.args.get("windows") for select in query.tree.find_all(exp.Select))


def goes_by_order(query: Resolved) -> bool:
    """True if a query may make other rows of the same rows in another order."""
    tree = query.tree
    if any(join.method in BY_PLACE for join in tree.find_all(exp.Join)):
        return True
    if any(array.find(exp.Query) is not None for array in tree.find_all(exp.Array)):
        return True
    # USING KEY keeps the last row of each key.
    if any(with_.recursive for with_ in tree.find_all(exp.With)):
        return True
    if tree.find(exp.Limit, exp.Offset, exp.Fetch, exp.TableSample, exp.Window, exp.Pivot):
        return True
    if any(distinct.args.get("on") for distinct in tree.find_all(exp.Distinct)):
        return True
    if any(not isinstance(aggregate, STEADY) for aggregate in tree.find_all(exp.AggFunc)):
        return True
    return any(map(_unknown, tree.find_all(exp.Anonymous)))


def _counts_outputs(group: exp.Group) -> bool:
    """True if a grouping set names an output by its number."""
    sets = group.find_all(exp.Cube, exp.GroupingSets, exp.Rollup)
    return any(not literal.is_string for s in sets for literal in s.find_all(exp.Literal))


def _bare_names(shape: exp.Select) -> Iterator[exp.Column]:
    """Names outside the outputs that have no table: those of outputs, for one."""
    for key, part in shape.args.items():
        for inner in part if isinstance(part, list) else [part]:
            if key != "expressions" and isinstance(inner, exp.Expr):
                yield from (c for c in inner.find_all(exp.Column) if not c.table)


def _mixes(output: exp.Expr) -> bool:
    return any(not isinstance(p, exp.Anonymous) or _unknown(p) for p in output.find_all(*MIXING))


def _unknown(function: exp.Expr) -> bool:
    if not isinstance(function, exp.Anonymous):
        return False
    return function.name.lower() not in KNOWN or function.name.lower() in AGGREGATES

"""A feature group as a query: its own, or its first input as it is."""

from __future__ import annotations

from sqlglot import exp

# Seeknal runs a group's SQL over a table of this name (`workflow/executors/
# feature_group_executor.py`, 2.13), which is its first input.
FIRST_INPUT = "source"


def with_first_input(query: exp.Query) -> exp.Query:
    """The query with its first input named by place wherever it reads `source`."""
    named = query.copy()
    if any(cte.alias.lower() == FIRST_INPUT for cte in named.find_all(exp.CTE)):
        return query
    for table in named.find_all(exp.Table):
        if table.name.lower() == FIRST_INPUT and not table.args.get("db"):
            meta = dict(table.this.meta)
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
            table.set("this", exp.to_identifier("input_0"))
            table.this.meta.update(meta)
    return named

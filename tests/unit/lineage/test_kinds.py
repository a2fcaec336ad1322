"""Nodes that are no transforms: what is made of a column by them, and what it is used for."""

from __future__ import annotations

import pytest

from seeknal_ci.lineage.walk import downstream_of
from tests.unit.lineage.projects import SOURCE, lineages

INPUTS = "inputs: [{ref: source.orders}]\n"
NODES = {
    "rule": "rule:\n  - {type: 'null', columns: [amount]}\n"
    "  - {type: range, column: order_id, params: {min_val: 1}}\n",
    "profile": "profile: {columns: [amount]}\n",
    "feature_group": "entity: {name: order, join_keys: [order_id]}\n",
    "model": "output_columns: [score]\n",
    "dimension": "keys: {surrogate_key: sk, natural_keys: [order_id]}\n",
    "semantic_model": "entities: [{name: order_id, type: primary}]\n"
    "measures: [{name: revenue, expr: amount, agg: sum}]\n",
}
AMOUNT = {
    "rule": ["audit null(amount)"],
    "profile": ["→ value (value)"],
    "feature_group": ["→ Amount (value)"],
    "model": ["→ score (read)", "read learns from"],
    "dimension": ["→ Amount (value)"],
    "semantic_model": ["→ revenue (value)"],
}
ORDER_ID = {
    "rule": ["audit range(order_id)"],
    "profile": [],
    "feature_group": ["→ order_id (value)", "key join_keys"],
    "model": ["→ score (read)", "read learns from"],
    "dimension": ["→ order_id (value)", "key keys"],
    "semantic_model": ["→ order_id (value)"],
}


@pytest.mark.parametrize("kind", sorted(NODES))
@pytest.mark.parametrize(("column", "expected"), [("Amount", AMOUNT), ("order_id", ORDER_ID)])
def test_every_kind_tells_what_it_does_with_a_column(
    kind: str, column: str, expected: dict[str, list[str]]
) -> None:
    node = f"kind: {kind}\nname: x\n{INPUTS}{NODES[kind]}"
    analysis, known = lineages({"orders": SOURCE, "x": node})
    traced = downstream_of(analysis.manifest, known, "source.orders", column, None)

    found = [f"→ {flow.output.column} ({flow.role.value})" for flow in traced.flows]
    found += [f"{item.use.role.value} {item.use.text}" for item in traced.uses]
    assert found == expected[kind]


def test_a_profile_names_columns_and_not_its_query() -> None:
    profile = f"kind: profile\nname: x\n{INPUTS}profile: {{columns: [amount, status]}}\n"
    _, known = lineages({"orders": SOURCE, "x": profile})

    assert [
        (output.expression, [origin.column.column for origin in output.origins], output.steps)
        for output in known.of("profile.x").outputs
    ] == [
        ("the names of the columns", [], ()),
        ("the names of the metrics", [], ()),
        ("metrics of Amount, status", ["Amount", "status"], ()),
        ("the most frequent values of status", ["status"], ()),
    ]
    assert known.of("profile.x").uses == ()

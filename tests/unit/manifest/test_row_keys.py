"""The keys that nodes declare, wherever they do."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.row_keys import row_keys
from tests.support.project import analysed

SOURCE = """kind: source
name: a
source: csv
table: a.csv
schema: [{name: id, data_type: BIGINT}, {name: day, data_type: DATE}, {name: v, data_type: DOUBLE}]
"""
TRANSFORM = (
    "kind: transform\nname: t\ninputs: [{ref: source.a}]\ntransform: SELECT * FROM source.a\n"
)
NODES = {
    "nothing": (TRANSFORM, ()),
    "audits": (
        f"{TRANSFORM}audits:\n  - {{type: not_null, columns: [v]}}\n"
        "  - {type: unique, columns: [id, day]}\n  - {type: unique, columns: [v]}\n",
        (("id", "day"), ("v",)),
    ),
    "a target and the same in an audit": (
        f"{TRANSFORM}materialization: {{type: postgresql, table: p.t, unique_keys: [id, day]}}\n"
        "audits: [{type: unique, columns: [DAY, ID]}]\n",
        (("id", "day"),),
    ),
    "several targets": (
        f"{TRANSFORM}materializations:\n  - {{type: postgresql, table: p.t, unique_keys: [id]}}\n"
        "  - {type: postgresql, table: p.u, unique_key: day}\n"
        "  - {type: postgresql, table: p.v, unique_keys: [v], enabled: false}\n",
        (("id",), ("day",)),
    ),
    "an aggregation": (
        "kind: aggregation\nname: t\ninputs: [{ref: source.a}]\nid_col: id\nfeature_date_col: day\n"
        "application_date_col: day\ngroup_by: [id, v]\n"
        "features: [{name: x, column: v, basic: [sum]}]\n",
        (("id", "day", "v"),),
    ),
    "a feature group": (
        "kind: feature_group\nname: t\ninputs: [{ref: source.a}]\n"
        "entity: {name: customer, join_keys: [id]}\nfeatures: {v: {dtype: double}}\n"
        "materialization: {event_time_col: day}\n",
        (("id",), ("id", "day")),
    ),
    "a feature group without keys": (
        "kind: feature_group\nname: t\ninputs: [{ref: source.a}]\nentity: customer\n"
        "features: {v: {dtype: double}}\nmaterialization: {event_time_col: day}\n",
        (),
    ),
    "a profile": (
        "kind: profile\nname: t\ninputs: [{ref: source.a}]\nprofile: {}\n",
        (("column_name", "metric"),),
    ),
}


@pytest.mark.parametrize("name", NODES)
def test_keys(name: str) -> None:
    text, keys = NODES[name]
    manifest = analysed({"seeknal/a.yml": SOURCE, "seeknal/t.yml": text}).manifest
    assert manifest.errors == ()
    (node,) = (node for node in manifest.nodes.values() if node.name == "t")
    assert row_keys(node) == keys


def test_a_second_order_aggregation_has_a_row_an_entity() -> None:
    daily = (
        "kind: aggregation\nname: d\ninputs: [{ref: source.a}]\nid_col: id\nfeature_date_col: day\n"
        "application_date_col: day\nfeatures: [{name: x, column: v, basic: [sum]}]\n"
    )
    second = (
        "kind: second_order_aggregation\nname: t\ninputs: [{ref: aggregation.d}]\nid_col: id\n"
        "feature_date_col: day\nsource: aggregation.d\nfeatures: {x_sum: {basic: [max]}}\n"
    )
    files = {"seeknal/a.yml": SOURCE, "seeknal/d.yml": daily, "seeknal/t.yml": second}
    node = analysed(files).manifest.nodes["second_order_aggregation.t"]
    assert row_keys(node) == (("id",),)

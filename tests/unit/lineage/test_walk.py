"""The way through the graph: what is on it, how far it goes, and that it ends."""

from __future__ import annotations

import pytest

from seeknal_ci.lineage.walk import downstream_of, upstream_of
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.lineage import Lineages
from seeknal_ci.model.lineage import (
    ColumnId,
    Lineage,
    NodeLineage,
    Origin,
    Output,
    Passed,
    Traced,
    TracedColumn,
    TracedNode,
)
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.side import Side
from seeknal_ci.model.spec import SqlText, TransformSpec
from seeknal_ci.render.lineage_text import lineage_text
from tests.unit.lineage.projects import RAW, SOURCE, lineages, shop, transform

Project = tuple[Analysis, Lineages]


def up(project: Project, node: str, column: str | None = None, depth: int | None = None) -> Traced:
    return upstream_of(project[0].manifest, project[1], node, column, depth)


def down(
    project: Project, node: str, column: str | None = None, depth: int | None = None
) -> Traced:
    return downstream_of(project[0].manifest, project[1], node, column, depth)


def links(traced: Traced) -> list[str]:
    """Edges with their columns by role."""
    return [
        f"{link.origin} → {link.reader}: "
        + ", ".join(
            f"{c.column} ({' '.join(role.value for role in c.roles)})" for c in link.columns
        )
        for link in traced.links
    ]


def flows(traced: Traced) -> list[str]:
    return [f"{flow.origin} → {flow.output} ({flow.role.value})" for flow in traced.flows]


def uses(traced: Traced) -> list[str]:
    return [
        f"{item.node} {item.use.role.value} {item.use.text}: {', '.join(map(str, item.use.reads))}"
        for item in traced.uses
    ]


def test_edges_have_their_columns_with_every_role() -> None:
    assert links(up(shop(), "transform.daily")) == [
        "transform.clean → transform.daily: status (value group), total (value)",
        "source.orders → transform.clean: "
        "Amount (value filter), order_id (value key), status (value)",
    ]
    assert links(down(shop(), "transform.daily")) == [
        "transform.daily → exposure.export: revenue (value), status (value partition)"
    ]


def test_a_column_is_followed_to_the_sources() -> None:
    traced = up(shop(), "exposure.export", "revenue")

    assert flows(traced) == [
        "transform.daily.revenue → exposure.export.revenue (value)",
        "transform.clean.total → transform.daily.revenue (value)",
        "source.orders.Amount → transform.clean.total (value)",
    ]
    assert uses(traced) == [
        "transform.daily group status: transform.clean.status",
        "transform.clean filter amount > 0: source.orders.Amount",
    ]
    assert [(str(c.id), c.distance, c.expression) for c in traced.columns] == [
        ("transform.daily.revenue", -1, "SUM(total)"),
        ("transform.clean.total", -2, "amount * 2"),
        ("source.orders.Amount", -3, None),
    ]


def test_a_column_is_followed_to_everyone_who_does_something_with_it() -> None:
    traced = down(shop(), "source.orders", "Amount")

    assert flows(traced) == [
        "source.orders.Amount → transform.clean.total (value)",
        "transform.clean.total → transform.daily.revenue (value)",
        "transform.daily.revenue → exposure.export.revenue (value)",
    ]
    assert uses(traced) == [
        "transform.clean filter amount > 0: source.orders.Amount",
        "transform.clean audit not_null(total): transform.clean.total",
        "transform.clean audit custom_sql: transform.clean.total",
        "transform.unread read params.target: transform.clean.total",
    ]
    assert uses(down(shop(), "transform.daily", "status")) == [
        "exposure.export partition partition_by: exposure.export.status"
    ]
    assert uses(down(shop(), "transform.clean", "order_id")) == [
        "transform.clean key materialization.unique_keys: transform.clean.order_id",
        "transform.unread read : transform.clean.order_id",
    ]


def test_who_cannot_be_looked_into_may_use_every_column_of_its_inputs() -> None:
    (use,) = (
        item.use
        for item in down(shop(), "transform.clean", "status").uses
        if item.node == "transform.unread"
    )

    assert (use.role, use.text, use.place.line) == ("read", "", 4)
    assert use.unknown is not None
    assert "cannot be read" in use.unknown


def test_depth_counts_edges_and_what_lies_beyond_is_named() -> None:
    near = up(shop(), "exposure.export", depth=1)
    assert [node.node for node in near.nodes] == ["transform.daily"]
    assert near.cut == ("transform.clean",)

    column = up(shop(), "exposure.export", "revenue", depth=2)
    assert [str(c.id) for c in column.columns] == [
        "transform.daily.revenue",
        "transform.clean.total",
    ]
    assert uses(column) == ["transform.daily group status: transform.clean.status"]
    assert column.cut == ("source.orders",)
    assert up(shop(), "exposure.export", depth=3).cut == ()


def test_what_is_unknown_is_said_where_it_is_and_followed_as_far_as_may_be() -> None:
    project = lineages(
        {
            "raw": RAW,
            "all": transform(
                "all", "SELECT * EXCLUDE (z), x + 1 AS y FROM source.raw", "source.raw"
            ),
            "some": transform("some", "SELECT x, y FROM transform.all", "transform.all"),
        }
    )
    above = up(project, "transform.some", "x")
    assert flows(above) == [
        "transform.all.x → transform.some.x (value)",
        "source.raw.x → transform.all.x (value)",
    ]
    assert above.columns[0].unknown == "taken by `*` from source.raw, whose columns are unknown"
    assert [node.unknown is None for node in above.nodes] == [False, False]

    assert flows(down(project, "source.raw", "x")) == [
        "source.raw.x → transform.all.y (value)",
        "source.raw.x → transform.all.x (value)",
        "transform.all.y → transform.some.y (value)",
        "transform.all.x → transform.some.x (value)",
    ]
    assert flows(down(project, "source.raw", "z")) == []


def test_broken_sql_may_use_anything() -> None:
    project = lineages(
        {"orders": SOURCE, "bad": transform("bad", "SELECT FROM WHERE", "source.orders")}
    )
    (use,) = down(project, "source.orders", "status").uses
    assert (use.node, use.use.unknown is None) == ("transform.bad", False)
    (link,) = up(project, "transform.bad").links
    assert link.unknown is not None


def test_an_input_that_no_file_defines_is_shown_as_such() -> None:
    project = lineages({"a": transform("a", "SELECT x FROM source.gone", "source.gone")})
    (node,) = up(project, "transform.a").nodes
    assert (node.node, node.unknown, node.place) == ("source.gone", "no file defines it", None)
    assert flows(up(project, "transform.a", "x")) == ["source.gone.x → transform.a.x (value)"]


def test_an_input_that_is_only_declared_is_not_read() -> None:
    files = {"orders": SOURCE, "a": transform("a", "SELECT 1 AS one", "source.orders")}
    (link,) = up(lineages(files), "transform.a").links
    assert (link.read, link.columns) == (False, ())


def test_a_circle_ends() -> None:
    project = lineages(
        {
            "a": transform("a", "SELECT x FROM transform.b", "transform.b"),
            "b": transform("b", "SELECT x FROM transform.a", "transform.a"),
        }
    )
    for traced in (up(project, "transform.a", "x"), down(project, "transform.a", "x")):
        assert [str(column.id) for column in traced.columns] == ["transform.b.x"]
        assert len(traced.flows) == 2


class Chain:
    """The lineage of nodes of which each passes its input's one column on."""

    def of(self, node_id: str) -> NodeLineage:
        """By the number in the id."""
        number = int(node_id.removeprefix("transform.n"))
        if number == 0:
            return NodeLineage(node_id, types={"x": "INTEGER"})
        before = f"transform.n{number - 1}"
        output = Output("x", "x", (Origin(ColumnId(before, "x")),))
        return NodeLineage(node_id, (before,), (output,), types={"x": "INTEGER"})


@pytest.mark.parametrize("column", [None, "x"])
def test_a_chain_of_five_thousand_nodes_is_walked_and_drawn(column: str | None) -> None:
    place = Place("seeknal/n.yml")
    spec = TransformSpec(SqlText("", place))
    nodes = {
        f"transform.n{i}": Node(
            "transform",
            f"n{i}",
            place,
            spec,
            inputs=(Input(f"transform.n{i - 1}", place),) if i else (),
        )
        for i in range(5000)
    }
    manifest = Manifest(nodes)
    last = "transform.n4999"

    above = upstream_of(manifest, Chain(), last, column, None)
    assert len(above.nodes) == 4999
    assert len(downstream_of(manifest, Chain(), "transform.n0", column, None).nodes) == 4999

    start = None if column is None else TracedColumn(ColumnId(last, column), 0)
    found = Lineage(Side("x", None), TracedNode(last, 0, columns=("x",)), start, upstream=above)
    assert "… 4,978 more too deep to draw: --format json has them all" in lineage_text(found)


def test_a_star_may_come_from_either_of_two_inputs() -> None:
    class Two:
        def of(self, node_id: str) -> NodeLineage:
            passed = (Passed("source.a"), Passed("source.b", frozenset({"y"})))
            known = NodeLineage(node_id, unknown="the source declares no `schema:`")
            return NodeLineage("t", passed=passed, unknown="?") if node_id == "t" else known

    traced = upstream_of(Manifest({}), Two(), "t", "x", None)
    assert flows(traced) == ["source.a.x → t.x (value)", "source.b.x → t.x (value)"]
    assert flows(upstream_of(Manifest({}), Two(), "t", "y", None)) == ["source.a.y → t.y (value)"]

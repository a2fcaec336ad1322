"""Names of views: short where they can be, and never one name for two nodes."""

from __future__ import annotations

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.naming import view_names
from tests.support.project import MemoryTree


def names(*nodes: str, **aliases: str) -> dict[str, str]:
    files = {}
    for node in nodes:
        kind, name = node.split(".")
        alias = f"alias: {aliases[name]}\n" if name in aliases else ""
        body = "source: csv\ntable: x\n" if kind == "source" else "transform: SELECT 1 AS a\n"
        files[f"seeknal/{node}.yml"] = f"kind: {kind}\nname: {name}\n{alias}{body}"
    return view_names(load_manifest(MemoryTree(files)))


def test_a_view_is_named_after_its_node_or_by_its_alias() -> None:
    assert names("source.orders", "transform.clean", clean="clean_orders") == {
        "source.orders": "orders",
        "transform.clean": "clean_orders",
    }


def test_nodes_of_one_name_have_their_kind_before_it() -> None:
    assert names("source.orders", "transform.Orders") == {
        "source.orders": "source_orders",
        "transform.Orders": "transform_Orders",
    }


def test_no_two_nodes_have_one_view() -> None:
    found = names("source.orders", "transform.orders", "transform.source_orders")
    assert len({name.lower() for name in found.values()}) == 3
    assert found["transform.orders"] == "transform_orders"
    found = names("source.a", "transform.b", "transform.source_a", a="x", b="x")
    assert len({name.lower() for name in found.values()}) == 3

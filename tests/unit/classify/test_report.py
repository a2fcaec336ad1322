"""Nodes that differ, settings of rules, and what is said where a file cannot be read."""

from __future__ import annotations

from seeknal_ci.classify.classify import classify
from seeknal_ci.diff import diff_manifests
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind
from tests.support.cases import SIDES, project
from tests.support.project import Files, MemoryTree, analysed, edited

SHOP = project("shop")
A = "kind: source\nname: a\nsource: csv\ntable: a.csv\n"
B = "kind: source\nname: b\nsource: csv\ntable: b.csv\n"


def differences(before: Files, after: Files) -> list[tuple[str, str]]:
    manifests = [load_manifest(MemoryTree(files)) for files in (before, after)]
    return [(c.kind.value, c.node.id) for c in diff_manifests(manifests[0], manifests[1])]


def test_a_node_whose_file_cannot_be_read_is_not_removed() -> None:
    assert differences({"seeknal/a.yml": A}, {"seeknal/a.yml": A + "x: [\n"}) == []
    assert differences({"seeknal/a.yml": A}, {"seeknal/moved.yml": A + "x: [\n"}) == []
    assert differences({"seeknal/a.yml": A}, {"seeknal/a.yml": A.replace("table", "tabel")}) == []


def test_an_error_of_another_node_in_the_same_file_hides_no_removal() -> None:
    reader = "kind: transform\nname: c\ninputs: [source.gone]\ntransform: SELECT 1 AS one\n"
    both = {"seeknal/all.yml": f"{A}---\n{reader}"}
    assert differences(both, {"seeknal/all.yml": reader}) == [("removed", "source.a")]


def test_nodes_of_one_content_are_no_rename_of_each_other() -> None:
    twins = {"seeknal/a.yml": A, "seeknal/b.yml": A.replace("name: a", "name: b")}
    others = {"seeknal/c.yml": A.replace("name: a", "name: c")}
    assert differences(twins, others) == [
        ("removed", "source.a"),
        ("removed", "source.b"),
        ("added", "source.c"),
    ]


def test_a_node_with_another_name_and_content_is_removed_and_added() -> None:
    assert differences({"seeknal/a.yml": A}, {"seeknal/b.yml": B}) == [
        ("removed", "source.a"),
        ("added", "source.b"),
    ]


def test_a_number_is_another_value_than_true() -> None:
    table = "kind: source\nname: a\nsource: iceberg\ntable: shop.a\n"
    before = {"seeknal/a.yml": table + "params: {ssl: 1}\n"}
    for other in ("true", "1.0", "'1'"):
        after = {"seeknal/a.yml": table + f"params: {{ssl: {other}}}\n"}
        assert differences(before, after) == [("modified", "source.a")]


def test_a_project_may_change_the_category_of_a_rule() -> None:
    after = edited(SHOP, "seeknal/daily.yml", "window: [7]", "window: [14]")
    settings = {"column-removed-unused": Category.NON_BREAKING}
    report = classify(analysed(SHOP), analysed(after), SIDES, settings)
    (change,) = report.changes
    assert change.category is Category.NON_BREAKING
    lowered = next(f for f in change.findings if f.rule == "column-removed-unused")
    assert lowered.default_category is Category.BREAKING
    assert all(f.default_category is None for f in change.findings if f is not lowered)


def test_a_rule_that_is_lowered_to_metadata_still_reaches_whoever_is_downstream() -> None:
    after = edited(SHOP, "seeknal/enriched.yml", "amount + 1 AS", "amount + 2 AS")
    settings = {"expression-changed": Category.METADATA}
    report = classify(analysed(SHOP), analysed(after), SIDES, settings)
    assert [d.node.id for d in report.downstream] == ["exposure.report"]


def test_changes_come_by_category_and_then_by_name() -> None:
    after = edited(SHOP, "seeknal/orders.yml", "Counts up", "Counts")
    after = edited(after, "seeknal/passthru.yml", "name: passthru", "name: all_of_it")
    after = edited(after, "seeknal/daily.yml", "window: [7]", "window: [14]")
    report = classify(analysed(SHOP), analysed(after), SIDES)
    assert [(str(c.category), c.change.node.id) for c in report.changes] == [
        ("BREAKING", "aggregation.daily"),
        ("BREAKING", "transform.all_of_it"),
        ("METADATA", "source.orders"),
    ]


def test_a_renamed_node_says_what_it_was() -> None:
    after = edited(SHOP, "seeknal/passthru.yml", "name: passthru", "name: all_of_it")
    (change,) = classify(analysed(SHOP), analysed(after), SIDES).changes
    assert change.change.kind is ChangeKind.RENAMED
    assert change.change.before is not None
    assert change.change.before.id == "transform.passthru"


def test_an_error_in_base_is_a_warning_and_keeps_nothing_from_being_compared() -> None:
    before = {**SHOP, "seeknal/orders.yml": b"kind: [\n"}
    report = classify(analysed(before), analysed(SHOP), SIDES)
    assert {w.code for w in report.warnings} == {"yaml-syntax", "unknown-ref"}
    assert all(w.message.startswith("in base, ") for w in report.warnings)
    assert report.errors == ()

"""Files to nodes: what is one, what is not, and that nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.problem import Problem, Severity
from tests.support.project import MemoryTree, ecommerce

SOURCE = "kind: source\nname: orders\nsource: csv\ntable: data/orders.csv\n"
CLEAN = (
    "kind: transform\nname: clean\ninputs: [{ref: source.orders}]\n"
    "transform: SELECT * FROM source.orders\n"
)


def load(files: Mapping[str, str | bytes], project: str = "", **links: list[str]) -> Manifest:
    return load_manifest(MemoryTree(files, links=links.get("links", ())), project)


def only(manifest: Manifest) -> Problem:
    (found,) = manifest.problems
    return found


def told(manifest: Manifest) -> list[tuple[str, int]]:
    return [(p.code, p.place.line) for p in manifest.problems]


def test_the_sample_project_has_eight_nodes_and_no_problem() -> None:
    manifest = load(ecommerce())
    assert len(manifest.nodes) == 8
    assert manifest.problems == ()
    assert list(manifest.nodes) == sorted(manifest.nodes)


def test_an_id_is_of_kind_and_name_and_never_of_the_path() -> None:
    manifest = load({"seeknal/deep/folder/whatever.yml": SOURCE})
    assert list(manifest.nodes) == ["source.orders"]
    assert manifest.nodes["source.orders"].place.path == "seeknal/deep/folder/whatever.yml"


def test_a_file_without_kind_is_no_node() -> None:
    files = {
        "seeknal/tests/pairs.yml": "question: how many?\nsql: SELECT 1\n",
        "seeknal/list.yml": "- kind\n- name\n",
        "seeknal/words.yml": "just words\n",
        "seeknal/empty.yml": "",
        "seeknal/readme.md": "kind: source\n",
    }
    manifest = load(files)
    assert manifest.nodes == {}
    assert manifest.problems == ()


def test_shared_snippets_are_no_nodes() -> None:
    manifest = load({"seeknal/common/rules.yml": SOURCE, "seeknal/common/deep/x.yml": SOURCE})
    assert manifest.nodes == {}


def test_a_folder_that_is_named_common_further_down_is_one_like_any_other() -> None:
    assert list(load({"seeknal/shop/common/x.yml": SOURCE}).nodes) == ["source.orders"]


def test_files_outside_the_pipeline_s_folder_are_not_looked_at() -> None:
    manifest = load({"orders.yml": SOURCE, "other/seeknal/orders.yml": "kind: nonsense\n"})
    assert manifest.nodes == {}
    assert manifest.problems == ()


def test_a_project_may_lie_in_a_folder_of_the_repository() -> None:
    files = {"a/seeknal/orders.yml": SOURCE, "b/seeknal/clean.yml": CLEAN}
    assert list(load(files, "a").nodes) == ["source.orders"]


def test_a_file_may_hold_several_nodes() -> None:
    manifest = load({"seeknal/all.yml": f"---\n{SOURCE}---\nquestion: 1\n---\n{CLEAN}"})
    assert list(manifest.nodes) == ["source.orders", "transform.clean"]
    assert manifest.nodes["transform.clean"].place.line == 9


def test_a_yaml_node_is_read_with_a_warning() -> None:
    manifest = load({"seeknal/orders.yaml": SOURCE, "seeknal/other.yaml": "a: 1\n"})
    assert list(manifest.nodes) == ["source.orders"]
    assert only(manifest).severity is Severity.WARNING
    assert only(manifest).code == "yaml-extension"


def test_links_are_reported_and_not_followed() -> None:
    manifest = load({"seeknal/orders.yml": SOURCE}, links=["seeknal/link.yml", "other/link.yml"])
    assert only(manifest).code == "link"
    assert only(manifest).place.path == "seeknal/link.yml"
    assert only(manifest).severity is Severity.WARNING


def test_an_unknown_kind_is_an_error_with_the_nearest_one() -> None:
    found = only(load({"seeknal/a.yml": "name: a\nkind: transfrom\n"}))
    assert (found.code, found.place.line) == ("unknown-kind", 2)
    assert found.message == "`transfrom` is no kind of node"
    assert found.fix == "write `kind: transform`"


@pytest.mark.parametrize("kind", ["", "[source]", "{a: 1}", "12", "true", "Source"])
def test_a_kind_that_is_no_kind_is_an_error(kind: str) -> None:
    assert only(load({"seeknal/a.yml": f"kind: {kind}\nname: a\n"})).code == "unknown-kind"


def test_data_files_of_a_source_are_those_of_the_tree() -> None:
    files: dict[str, str | bytes] = {
        "p/seeknal/orders.yml": SOURCE.replace("data/orders.csv", "data/**/o*.csv"),
        "p/data/orders.csv": "a\n",
        "p/data/2024/orders.csv": "b\n",
        "p/data/2024/other.json": "{}\n",
        "p/data/2024/customers.csv": "c\n",
        "data/orders.csv": "d\n",
    }
    manifest = load(files, "p")
    assert [file.path for file in manifest.nodes["source.orders"].data] == [
        "p/data/2024/orders.csv",
        "p/data/orders.csv",
    ]


@pytest.mark.parametrize("table", ["../secret.csv", "/etc/passwd", "shop.orders", "data/[", "*"])
def test_what_is_no_file_of_the_project_is_no_data(table: str) -> None:
    files = {"p/seeknal/orders.yml": SOURCE.replace("data/orders.csv", f"'{table}'")}
    manifest = load({**files, "secret.csv": "x\n", "p/data/x.csv": "y\n"}, "p")
    assert manifest.nodes["source.orders"].data == ()

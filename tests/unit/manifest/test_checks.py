"""What is wrong with the graph as a whole."""

from __future__ import annotations

import time

import pytest

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.manifest import Manifest
from tests.support.project import MemoryTree


def transform(name: str, *inputs: str, kind: str = "transform") -> str:
    listed = "".join(f"  - ref: {ref}\n" for ref in inputs)
    return f"kind: {kind}\nname: {name}\ntransform: SELECT 1 AS one\ninputs:\n{listed or '  []'}\n"


def source(name: str) -> str:
    return f"kind: source\nname: {name}\nsource: csv\ntable: {name}.csv\n"


def load(*texts: str) -> Manifest:
    return load_manifest(MemoryTree({f"seeknal/{i}.yml": text for i, text in enumerate(texts)}))


def problems(manifest: Manifest) -> list[tuple[str, str, str]]:
    return [(p.code, str(p.place), p.message) for p in manifest.problems]


def test_two_definitions_of_one_node_are_told_with_both_places() -> None:
    manifest = load(source("a"), source("a"))
    (found,) = manifest.problems
    assert (found.code, str(found.place), str(found.related)) == (
        "duplicate-node",
        "seeknal/1.yml:1",
        "seeknal/0.yml:1",
    )
    assert found.message == "source.a is defined twice, first at seeknal/0.yml:1"


def test_two_kinds_may_share_a_name() -> None:
    assert load(source("a"), transform("a", "source.a")).problems == ()


def test_a_reference_to_nothing_is_told_with_the_nearest_node() -> None:
    manifest = load(source("orders"), transform("clean", "source.ordres"))
    (found,) = manifest.problems
    assert (found.code, str(found.place)) == ("unknown-ref", "seeknal/1.yml:5:5")
    assert found.message == "transform.clean reads source.ordres, which no file defines"
    assert found.fix == "did you mean source.orders? Correct the ref on line 5"


def test_a_reference_to_nothing_that_is_near_says_what_to_add() -> None:
    manifest = load(transform("a", "source.quite_another"))
    assert manifest.problems[0].fix == (
        "add a source named `quite_another`, or correct the ref on line 5"
    )


def test_a_reference_without_a_kind_says_so() -> None:
    (found,) = load(transform("a", "wherever")).problems
    assert found.fix == "write a node id, `kind.name`, on line 5"


def test_a_node_is_never_told_to_read_itself() -> None:
    (found,) = load(transform("clean", "transform.claen")).problems
    assert "did you mean" not in found.fix


def test_who_reads_a_node_that_cannot_be_read_is_not_to_blame() -> None:
    broken = source("orders") + "schema: [\n"
    misshapen = "kind: source\nname: people\nsource: csv\n"
    manifest = load(broken, misshapen, transform("a", "source.orders", "source.people"))
    assert [p.code for p in manifest.problems] == ["yaml-syntax", "invalid-field"]


def test_a_circle_is_told_with_its_path_from_inputs_to_readers() -> None:
    manifest = load(
        transform("b", "transform.a"), transform("a", "transform.c"), transform("c", "transform.b")
    )
    assert problems(manifest) == [
        (
            "cycle",
            "seeknal/1.yml:5:5",
            "nodes read each other in a circle: "
            "transform.a → transform.b → transform.c → transform.a",
        )
    ]


def test_a_node_that_reads_itself_is_a_circle() -> None:
    (found,) = load(transform("a", "transform.a")).problems
    assert found.message == "nodes read each other in a circle: transform.a → transform.a"


def test_each_of_several_circles_is_told() -> None:
    pairs = [transform(n, f"transform.{m}") for n, m in ("ab", "ba", "cd", "dc")]
    assert [p.code for p in load(*pairs).problems] == ["cycle", "cycle"]


def test_ids_that_differ_by_case_alone_are_told_with_both_places() -> None:
    (found,) = load(source("orders"), source("Orders")).problems
    assert found.code == "case-twin"
    assert {str(found.place), str(found.related)} == {"seeknal/0.yml:1", "seeknal/1.yml:1"}


@pytest.mark.parametrize("count", [2000])
def test_thousands_of_readers_of_one_missing_node_are_told_in_reasonable_time(count: int) -> None:
    before = time.process_time()
    manifest = load(*(transform(f"reader_{i}", "source.missing") for i in range(count)))
    assert len(manifest.problems) == count
    assert time.process_time() - before < 20

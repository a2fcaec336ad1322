"""Which columns are one, and which sources two versions read differently."""

from __future__ import annotations

import pytest

from seeknal_ci.apply.comparison import matched
from seeknal_ci.apply.data_diff import Versions
from seeknal_ci.model.spec import Column
from tests.support.project import analysed


def columns(names: str) -> list[Column]:
    return [Column(name, "INTEGER") for name in names.split()]


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "pairs"),
    [
        ("a b", "b a", "", "", "b=b a=a"),
        ("a b", "b c", "c", "a", "b=b"),
        ("Amount", "amount", "", "", "Amount=amount"),
        ("Amount amount", "amount AMOUNT", "", "", "amount=amount Amount=AMOUNT"),
        ("Amount", "amount AMOUNT", "amount AMOUNT", "Amount", ""),
        ("Amount aMount", "amount", "amount", "Amount aMount", ""),
        ("", "a", "a", "", ""),
    ],
)
def test_columns_are_matched_by_name_and_then_by_case(
    before: str, after: str, added: str, removed: str, pairs: str
) -> None:
    new, gone, both = matched(columns(before), columns(after))

    assert [column.name for column in new] == added.split()
    assert [column.name for column in gone] == removed.split()
    assert [f"{pair.before.name}={pair.after.name}" for pair in both] == pairs.split()


def source(name: str) -> str:
    return (
        f"kind: source\nname: {name}\nsource: csv\ntable: {name}.csv\n"
        "schema: [{name: id, data_type: BIGINT}]\n"
    )


def transform(name: str, *inputs: str) -> str:
    refs = ", ".join(f"{{ref: {node}}}" for node in inputs)
    return f"kind: transform\nname: {name}\ninputs: [{refs}]\ntransform: SELECT 1 AS one\n"


def test_the_sources_above_a_node_are_those_of_both_versions() -> None:
    """t read the source b, and reads c; u reads t. Of a the data are others, of b the same."""
    shared = {"seeknal/a.yml": source("a"), "seeknal/u.yml": transform("u", "transform.t")}
    reads = {"seeknal/b.yml": source("b"), "seeknal/c.yml": source("c"), **shared}
    base = analysed({**reads, "seeknal/t.yml": transform("t", "source.a", "source.b")})
    head = analysed({**reads, "seeknal/t.yml": transform("t", "source.a", "source.c")})
    before = {"source.a": "1", "source.b": "2", "transform.t": "3", "transform.u": "4"}
    after = {"source.a": "5", "source.b": "2", "source.c": "6", "transform.t": "7"}
    versions = Versions(before, after, base.manifest, head.manifest)

    both = ("source.a", "source.c")
    assert versions.other_sources() == {"transform.t": both, "transform.u": both}
    assert versions.changed == ("source.a", "source.c", "transform.t")


def test_a_source_that_is_gone_was_read() -> None:
    base = analysed({"seeknal/a.yml": source("a"), "seeknal/t.yml": transform("t", "source.a")})
    head = analysed({"seeknal/t.yml": transform("t")})
    before = {"source.a": "1", "transform.t": "2"}
    versions = Versions(before, {"transform.t": "3"}, base.manifest, head.manifest)

    assert versions.other_sources() == {"transform.t": ("source.a",)}

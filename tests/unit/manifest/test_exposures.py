"""Exports that would write over each other, or over what a source reads."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.exposures import check_exposures
from seeknal_ci.model.node import DataFile, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import ExposureSpec, Located, SourceSpec


def exposures(*paths: str) -> dict[str, Node]:
    """A node for each path, named after its index."""
    nodes = [
        Node(
            "exposure",
            f"e{index}",
            Place("a.yml", index + 1),
            ExposureSpec("file", Located(path, Place("a.yml", index + 1))),
        )
        for index, path in enumerate(paths)
    ]
    return {node.id: node for node in nodes}


@pytest.mark.parametrize(
    ("paths", "pairs"),
    [
        (("out/a", "out/b", "out/ab"), []),
        (("out/a", "out/a"), ["exposure.e1 and exposure.e0"]),
        (("out/a", "./out//a/"), ["exposure.e1 and exposure.e0"]),
        (("out", "out/a/b.csv"), ["exposure.e1 and exposure.e0"]),
        (("out/a/b.csv", "out"), ["exposure.e1 and exposure.e0"]),
        (
            ("out/a", "out/b", "out"),
            ["exposure.e2 and exposure.e0", "exposure.e2 and exposure.e1"],
        ),
        (("out/a.csv", "out/a.csv.gz"), []),
    ],
)
def test_two_do_not_write_to_one_place(paths: tuple[str, ...], pairs: list[str]) -> None:
    found = [p.message for p in check_exposures(exposures(*paths), "")]
    assert [message.split(" write to ")[0] for message in found] == pairs


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("data/orders.csv", True),
        ("data", True),
        ("data/orders.csv/part", True),
        ("data/orders", False),
        ("data/orders.csv2", False),
        ("exports", False),
    ],
)
@pytest.mark.parametrize("project", ["", "sub"])
def test_none_writes_over_what_a_source_reads(path: str, is_read: bool, project: str) -> None:
    data = (DataFile(f"{project}/data/orders.csv".lstrip("/"), "0"),)
    source = Node("source", "s", Place("s.yml"), SourceSpec("csv", "data/*.csv"), data=data)
    found = check_exposures({**exposures(path), source.id: source}, project)
    assert [p.message for p in found] == (
        [f"exposure.e0 writes to {path}, which a source reads"] if is_read else []
    )

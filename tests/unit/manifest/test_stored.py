"""What files hold comes back from bytes as it was, and nothing else ever does."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest

from seeknal_ci.manifest.parse import nodes_in
from seeknal_ci.manifest.stored import Entry, Marks, UnknownValueError, from_bytes, to_bytes
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import TrackedSpec
from tests.support.cases import all_cases
from tests.support.project import ecommerce

PATH = "seeknal/a.yml"


def entry_of(path: str, content: str | bytes) -> Entry:
    return tuple(nodes_in(path, content.encode() if isinstance(content, str) else content))


def files() -> Mapping[tuple[str, str], str | bytes]:
    """The pipeline files of the demo, and of every case that rules are held to."""
    versions = [ecommerce(), *(version for c in all_cases() for version in (c.before, c.after))]
    return {
        (path, content if isinstance(content, str) else content.decode("utf-8", "replace")): content
        for version in versions
        for path, content in version.items()
        if path.endswith((".yml", ".yaml", ".py"))
    }


def test_every_file_comes_back_as_it_was() -> None:
    kinds = set()
    for (path, _), content in files().items():
        entry = entry_of(path, content)
        found = from_bytes(to_bytes(entry, path), path)
        assert found == entry, path
        assert repr(found) == repr(entry), path
        kinds |= {node.kind for node, _ in entry if node is not None}
    assert kinds >= {"source", "transform", "aggregation", "exposure"}


def test_what_was_read_from_bytes_can_be_written_again() -> None:
    entry = entry_of(PATH, "kind: source\nname: a\nsource: csv\ntable: a.csv\n")
    once = to_bytes(entry, PATH)
    assert to_bytes(from_bytes(once, PATH), PATH) == once


def test_problems_and_files_without_a_node_come_back() -> None:
    for content in ("", "a: 1\n", "kind: no\n", "a: [\n", "kind: source\nname: a\n"):
        entry = entry_of(PATH, content)
        assert from_bytes(to_bytes(entry, PATH), PATH) == entry


def test_a_place_in_another_file_keeps_its_path() -> None:
    problem = Problem(Place("b.yml", 2), "x", "y", "z", related=Place(PATH, 3, 4))
    entry: Entry = ((None, (problem,)),)
    assert from_bytes(to_bytes(entry, PATH), PATH) == entry
    assert from_bytes(to_bytes(entry, PATH), "c.yml")[0][1][0].related == Place("c.yml", 3, 4)


def test_an_enumeration_comes_back_as_one() -> None:
    problem = Problem(Place(PATH), "x", "y", "z", severity=Severity.WARNING)
    ((_, (found,)),) = from_bytes(to_bytes(((None, (problem,)),), PATH), PATH)
    assert found.severity is Severity.WARNING


def test_text_with_half_a_character_comes_back() -> None:
    node = Node("source", "a\udce9", Place(PATH), TrackedSpec("x"), definition={"n": 1 << 80})
    assert from_bytes(to_bytes(((node, ()),), PATH), PATH) == ((node, ()),)


def test_marks_are_a_mapping_like_any_other() -> None:
    marks = Marks(marshal.dumps({"a": (1, 2)}))
    assert marks == {"a": (1, 2)}
    assert marks["a"] == (1, 2)
    assert marks.get("b") is None
    assert list(marks) == ["a"]
    assert len(marks) == 1


@dataclass(frozen=True)
class Stranger:
    """A value that is not the model's."""

    name: str


@pytest.mark.parametrize("value", [Stranger("x"), {1}, b"bytes", 1j, object()])
def test_what_is_neither_of_the_model_nor_plain_is_refused(value: object) -> None:
    node = Node("source", "a", Place(PATH), TrackedSpec("x"), inputs=(value,))  # type: ignore[arg-type]  # on purpose
    with pytest.raises(UnknownValueError):
        to_bytes(((node, ()),), PATH)


def test_a_value_of_the_model_among_plain_data_is_refused() -> None:
    node = Node("source", "a", Place(PATH), TrackedSpec("x"), definition={"x": Place(PATH)})  # type: ignore[dict-item]  # on purpose
    with pytest.raises(UnknownValueError):
        to_bytes(((node, ()),), PATH)


@pytest.mark.parametrize(
    "written",
    [
        ("os.system", (), ("exit 1",)),
        ("node.Mapping", (), ()),
        ("node.field", (), ()),
        ("node.dataclass", (), ()),
        ("node.METADATA_FIELDS", (), ()),
        ("..errors.SeeknalCiError", (), ("x",)),
        ("graph.find_cycle", (), ({},)),
        ("nowhere.Node", (), ()),
        ("node.Nothing", (), ()),
        ("node.Node", (), ()),
        ("node.Input", (0,), (("x",), 1)),
        ("()", (3,), ()),
        ("()", (0,), (7,)),
        ("@", (), (1,)),
        ("node.Input",),
        (["node.Input"], (), ()),
        7,
        None,
        "text",
        [],
        {},
        (),
    ],
)
def test_bytes_that_stand_for_no_entry_are_refused(written: object) -> None:
    with pytest.raises(UnknownValueError):
        from_bytes(marshal.dumps(cast("Any", written)), PATH)


@pytest.mark.parametrize("stored", [b"", b"\x80\x04K\x01.", b"cos\nsystem\n(S'x'\ntR.", b"garbage"])
def test_bytes_of_another_kind_are_refused(stored: bytes) -> None:
    with pytest.raises(UnknownValueError):
        from_bytes(stored, PATH)


def test_bytes_that_end_too_soon_are_refused() -> None:
    stored = to_bytes(entry_of(PATH, "kind: source\nname: a\nsource: csv\ntable: a.csv\n"), PATH)
    for end in range(len(stored)):
        with pytest.raises(UnknownValueError):
            from_bytes(stored[:end], PATH)


def test_the_input_of_a_node_is_the_models_own_class() -> None:
    entry = entry_of(PATH, "kind: rule\nname: a\ninputs: [source.b]\nrule: {value: x > 1}\n")
    ((node, _),) = from_bytes(to_bytes(entry, PATH), PATH)
    assert node is not None
    assert [type(edge) for edge in node.inputs] == [Input]

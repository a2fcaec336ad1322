"""The project's shared snippets: their shapes, and what is wrong with their files."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.shared import Shared, read_shared, shared_files
from seeknal_ci.model.problem import Severity
from tests.support.project import MemoryTree
from tests.unit.manifest.templates.projects import HEAD, SHARED, problems

FOLDER = "seeknal/common/"
USING = "SELECT order_id FROM source.orders WHERE {{ rules.paid }}"


def shared(**files: str) -> Shared:
    """The shared files of these names, each a text."""
    tree = MemoryTree({f"{FOLDER}{name}.yml": text for name, text in files.items()})
    return read_shared(tree, shared_files(tree, FOLDER))


def test_each_list_gives_its_names() -> None:
    found = read_shared(MemoryTree(SHARED), shared_files(MemoryTree(SHARED), FOLDER))

    assert found.problems == ()
    texts = {name: snippet.text.text for name, snippet in found.snippets.items()}
    assert texts["orders.ref"] == "source.orders"
    assert texts["orders.idCol"] == "order_id"
    assert texts["rules.paid"] == "status = 'PAID'"
    assert texts["transforms.total"] == "SUM({{ orders.amountCol }})"


def test_numbers_and_switches_stand_for_their_text() -> None:
    found = shared(
        sources="sources: [{id: a, ref: source.a, params: {n: 10, x: 1.5, on: true}}]",
        rules="rules: [{id: all, value: true}]",
    )

    texts = {name: snippet.text.text for name, snippet in found.snippets.items()}
    assert texts == {
        "a.ref": "source.a",
        "a.n": "10",
        "a.x": "1.5",
        "a.on": "true",
        "rules.all": "true",
    }


@pytest.mark.parametrize(
    ("name", "text", "message", "line"),
    [
        ("rules", "rules: 1", "`rules` is no list", 1),
        ("rules", "- {id: a, value: b}", "the file is no mapping", 1),
        ("rules", "rules:\n  - a", "an entry of `rules` is no mapping", 2),
        ("rules", "rules:\n  - {id: a}", "an entry of `rules` needs `value`, a text", 2),
        ("rules", "rules:\n  - {value: a}", "an entry of `rules` needs `id`, a text", 2),
        ("rules", "rules:\n  - {id: '', value: a}", "an entry of `rules` needs `id`, a text", 2),
        ("rules", "rules:\n  - {id: a b, value: a}", "`a b` cannot be an id", 2),
        ("sources", "sources:\n  - {id: rules, ref: source.a}", "`rules` cannot be an id", 2),
        (
            "sources",
            "sources:\n  - {id: a, ref: source.a, params: 1}",
            "`params` is no mapping",
            2,
        ),
        (
            "sources",
            "sources:\n  - id: a\n    ref: source.a\n    params:\n      x: [1]",
            "`params.x` is no text and no number",
            5,
        ),
        ("transformations", "transformations:\n  - {id: a, sql: [1]}", "needs `sql`, a text", 2),
    ],
)
def test_what_has_another_shape_is_told_at_its_line(
    name: str, text: str, message: str, line: int
) -> None:
    [found] = shared(**{name: text}).problems

    assert message in found.message
    assert (found.code, found.place.path, found.place.line) == (
        "invalid-snippet",
        f"{FOLDER}{name}.yml",
        line,
    )


def test_a_name_given_twice_is_told_at_both_places() -> None:
    [found] = shared(rules="rules:\n  - {id: a, value: b}\n  - {id: a, value: c}\n").problems

    assert found.code == "duplicate-snippet"
    assert (found.place.line, found.related and found.related.line) == (3, 2)


def test_a_key_that_means_nothing_gets_a_warning_with_the_nearest() -> None:
    found = shared(rules="rules:\n  - {id: a, value: b, vlaue: c}\nruls: []\n").problems

    assert [(p.code, p.severity, p.place.line, p.fix) for p in found] == [
        ("unknown-field", Severity.WARNING, 3, "did you mean `rules`?"),
        ("unknown-field", Severity.WARNING, 2, "did you mean `value`?"),
    ]


def test_other_files_are_left_alone() -> None:
    tree = MemoryTree({f"{FOLDER}notes.yml": "{{{", f"{FOLDER}deep/rules.yml": "{{{"})

    assert shared_files(tree, FOLDER) == ()


def test_an_empty_file_shares_nothing() -> None:
    assert shared(rules="", sources="sources:\n", transformations="# none\n") == Shared()


def test_the_other_extension_is_read_with_a_warning() -> None:
    tree = MemoryTree({f"{FOLDER}rules.yaml": "rules: [{id: a, value: b}]"})
    found = read_shared(tree, shared_files(tree, FOLDER))

    assert list(found.snippets) == ["rules.a"]
    assert [p.code for p in found.problems] == ["yaml-extension"]


@pytest.mark.parametrize("text", ["rules: [", "rules: {a: 1}", "rules:\n  - {id: paid}\n"])
def test_nodes_that_use_an_unreadable_file_are_in_error(text: str) -> None:
    found = [p for p in problems(USING, rules=text) if p.node == "transform.t"]

    assert [p.code for p in found] == ["template-unread"]
    assert "seeknal/common/rules.yml" in found[0].message


def test_a_file_that_cannot_be_read_is_told_though_nobody_uses_it() -> None:
    found = problems("SELECT order_id FROM source.orders", HEAD, rules="rules: [")

    assert [(p.code, p.place.path) for p in found] == [
        ("yaml-syntax", "seeknal/common/rules.yml"),
    ]

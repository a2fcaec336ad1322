"""YAML to plain values with lines: what is read, how, and what is refused, with its place."""

from __future__ import annotations

import time

import pytest

from seeknal_ci.manifest.yaml_reader import Document, read_documents
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json

PATH = "seeknal/a.yml"


def documents(content: str | bytes) -> tuple[Document, ...]:
    found, problems = read_documents(PATH, _bytes(content))
    assert problems == ()
    return found


def document(content: str | bytes) -> Document:
    (found,) = documents(content)
    return found


def problem(content: str | bytes) -> Problem:
    found, problems = read_documents(PATH, _bytes(content))
    assert found == ()
    (one,) = problems
    return one


def place(content: str | bytes) -> tuple[str, int, int | None]:
    found = problem(content)
    assert found.place.path == PATH
    assert found.message
    assert found.fix
    return found.code, found.place.line, found.place.column


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("off", "off"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("12:30:00", "12:30:00"),
        ("1:30", "1:30"),
        ("2024-01-31", "2024-01-31"),
        ("2024-01-31 10:00:00", "2024-01-31 10:00:00"),
        ("12", 12),
        ("-7", -7),
        ("+5", 5),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b11", 3),
        ("0", 0),
        ("007", "007"),
        ("010", "010"),
        ("08", "08"),
        ("0o17", "0o17"),
        ("1.5", 1.5),
        ("0.5", 0.5),
        ("1.10", 1.1),
        ("1e3", "1e3"),
        ("1.0e+3", 1000.0),
        ("1.0e+999", "1.0e+999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("~", None),
        ("null", None),
        ("", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("=", "="),
        ("9" * 5000, "9" * 5000),
        ("!custom 3", "3"),
        ("!!int abc", "abc"),
        ("!!python/object:os.system x", "x"),
    ],
)
def test_values_are_read_as_a_pipeline_means_them(written: str, expected: Json) -> None:
    value = document(f"a: {written}\n").value
    assert isinstance(value, dict)
    assert value == {"a": expected}
    assert type(value["a"]) is type(expected)


@pytest.mark.parametrize("key", ["on", "yes", "null", "~", "12", "1.5", "2024-01-31", "true"])
def test_keys_are_text(key: str) -> None:
    assert document(f"{key}: 1\n").value == {key: 1}


def test_every_field_has_its_line_and_column() -> None:
    found = document("kind: source\nschema:\n  - name: a\n    type: x\n  -\n    name: b\n")
    assert found.line == 1
    assert found.marks == {
        "kind": (1, 1),
        "schema": (2, 1),
        "schema.0": (3, 5),
        "schema.0.name": (3, 5),
        "schema.0.type": (4, 5),
        "schema.1": (6, 5),
        "schema.1.name": (6, 5),
    }


def test_a_literal_block_has_the_place_of_its_text() -> None:
    content = "a: |\n  one\n  two\nb: >\n  three\nc:\n  - |-\n    four\nd: |\n\n  five\n"
    assert document(content).literal == {"a": (2, 3), "c.0": (8, 5), "d": (10, 3)}


def test_an_indentation_of_its_own_is_part_of_the_text() -> None:
    assert document("a: |2\n    far\n  near\n").literal == {"a": (2, 3)}


def test_text_on_one_line_has_the_place_of_its_first_character() -> None:
    content = 'a: select 1\nb: \'select 2\'\nc: "select 3"\nd: "select\\t4"\ne: select\n  5\n'
    assert document(content).literal == {"a": (1, 4), "b": (2, 5), "c": (3, 5)}


def test_text_behind_an_alias_has_the_line_where_it_is_written() -> None:
    found = document("x: &sql |\n  SELECT 1\ntransform: *sql\n")
    assert found.literal == {"x": (2, 3), "transform": (2, 3)}
    assert found.marks["transform"] == (3, 1)


def test_documents_of_one_file_are_read_one_by_one() -> None:
    found = documents("---\na: 1\n---\nb: 2\n...\n---\n- c\n")
    assert [(d.value, d.line) for d in found] == [({"a": 1}, 2), ({"b": 2}, 4), (["c"], 7)]


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "--- \n"])
def test_an_empty_file_has_no_mapping(content: str) -> None:
    assert [d.value for d in documents(content)] in ([], [None])


@pytest.mark.parametrize(
    ("content", "value"), [("- a\n- b\n", ["a", "b"]), ("just words\n", "just words"), ("7", 7)]
)
def test_what_is_no_mapping_is_read_all_the_same(content: str, value: Json) -> None:
    assert document(content).value == value


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = document("kind: source\nsql: |\n  a\n  b\n")
    windows = document("\ufeffkind: source\r\nsql: |\r\n  a\r\n  b\r\n".encode())
    assert windows == plain


def test_anchors_and_merge_keys_are_filled_in() -> None:
    content = "base: &base {a: 1, b: {c: 2}}\nnode:\n  b: {d: 3}\n  <<: *base\n"
    found = document(content)
    assert found.value == {"base": {"a": 1, "b": {"c": 2}}, "node": {"a": 1, "b": {"d": 3}}}
    assert found.marks["node.a"] == (1, 14)
    assert found.marks["node.b"] == (3, 3)
    assert "node.b.c" not in found.marks


def test_of_several_merged_mappings_the_first_wins() -> None:
    found = document("a: &a {k: 1}\nb: &b {k: 2, l: 3}\nc:\n  <<: [*a, *b]\n")
    assert found.value == {"a": {"k": 1}, "b": {"k": 2, "l": 3}, "c": {"k": 1, "l": 3}}
    assert found.marks["c.k"] == (1, 8)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("duplicate-key", 3, 1)),
        ("x: {b: 1, b: 2}\n", ("duplicate-key", 1, 11)),
        ('a: 1\n"a": 2\n', ("duplicate-key", 2, 1)),
        ("a: b: c\n", ("yaml-syntax", 1, 5)),
        ("a: [1,\n", ("yaml-syntax", 2, 1)),
        ('a: "never closed\n', ("yaml-syntax", 1, 4)),
        ("a: *nothing\n", ("yaml-syntax", 1, 4)),
        ("a:\n\tb: 1\n", ("yaml-syntax", 2, 1)),
        ("? [a]\n: 1\n", ("yaml-key", 1, 3)),
        ("<<: 3\n", ("merge-key", 1, 5)),
        ("<<: [{a: 1}, 2]\n", ("merge-key", 1, 14)),
        (b"a: 1\nb: \xe9\n", ("not-utf8", 2, None)),
        ("a: \0\n", ("yaml-character", 1, None)),
        ("größe: 1\nb: \x07\n", ("yaml-character", 2, None)),
        ("%YAML 9.9\n---\na: 1\n", ("yaml-syntax", 1, 1)),
        ("a: &a [*a]\n", ("yaml-too-deep", 1, 4)),
        ("a: &a\n  <<: *a\n", ("yaml-too-deep", 1, 4)),
        ("x" * (1 << 20) + "y", ("file-too-large", 1, None)),
    ],
)
def test_what_is_refused_is_told_with_its_place(
    content: str | bytes, expected: tuple[str, int, int | None]
) -> None:
    assert place(content) == expected


def test_a_duplicate_key_is_told_with_the_line_of_the_first() -> None:
    assert problem("a: 1\nb: 2\na: 3\n").message == "`a` is given twice, the first time on line 1"


def test_a_merged_key_may_be_given_once_more() -> None:
    assert problem("a: &a {k: 1}\nb:\n  <<: *a\n  k: 2\n  k: 3\n").code == "duplicate-key"


BOMBS = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
    ),
    "merge keys": "a0: &a0 {}\n"
    + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)),
    "keys": "".join(f"k{i}: v\n" for i in range(60_000)),
}
DEEP = {
    "brackets": "[" * 100_000,
    "braces": "a: " + "{a: " * 50_000,
    "dashes": "- " * 50_000 + "x",
    "question marks": "? " * 50_000,
    "indentation": "".join(f"{' ' * i}a:\n" for i in range(1000)),
    "aliases": "a0: &a0 {x: 1}\n"
    + "".join(f"a{i}: &a{i} {{b: *a{i - 1}}}\n" for i in range(1, 200)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_stands_for_too_much_is_refused_at_once(name: str) -> None:
    before = time.process_time()
    assert problem(BOMBS[name]).code == "yaml-too-large"
    assert time.process_time() - before < 5


@pytest.mark.parametrize("name", DEEP)
def test_a_file_that_is_too_deep_is_refused_at_once(name: str) -> None:
    """libyaml's composer would end the process."""
    before = time.process_time()
    assert problem(DEEP[name]).code == "yaml-too-deep"
    assert time.process_time() - before < 5


def test_many_brackets_that_are_not_deep_are_read() -> None:
    content = "schema:\n" + "".join(f"  - {{name: c{i}, tags: [a, b]}}\n" for i in range(200))
    value = document(content).value
    assert isinstance(value, dict)
    assert isinstance(value["schema"], list)
    assert len(value["schema"]) == 200

"""What a node in Python says: its arguments, columns, edges and header."""

from __future__ import annotations

import pytest

from seeknal_ci.build_id import build_ids
from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.plan import Action
from seeknal_ci.model.spec import Column, PythonSpec
from seeknal_ci.naming import view_names
from seeknal_ci.plan import Held, make_plan
from tests.support.cases import SIDES
from tests.support.project import MemoryTree, analysed
from tests.unit.manifest.python.reading import (
    IMPORTS,
    PATH,
    load,
    marked,
    node_of,
    nodes_of,
    problem_of,
)

FUNCTION = "def a(ctx): ...\n"


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("'x'", "x"),
        ("-1.5", -1.5),
        ("('a', 'b')", ["a", "b"]),
        ("{'a': {'b': [True, None]}}", {"a": {"b": [True, None]}}),
        ("WORD", "word"),
        ("f'{WORD}s'", "words"),
        ("'a' + WORD", "aword"),
        ("LIST", ["word", "x"]),
    ],
)
def test_a_literal_argument_is_its_value(code: str, value: object) -> None:
    text = f"WORD: str = 'word'\nLIST = [WORD, 'x']\n@transform(extra={code})\n{FUNCTION}"
    assert node_of(text).definition["extra"] == value


@pytest.mark.parametrize(
    "code",
    [
        "make(1)",
        "unknown",
        "TWICE",
        "CHANGED",
        "GROWN",
        "HANDED",
        "LOOP",
        "SET",
        "{1: 2}",
        "{**{}}",
        "b'x'",
        "1j",
        "...",
        "{'a'}",
        "f'{WORD!r}'",
        "f'{WORD:>3}'",
        "'\\ud800'",
        f"0x{'f' * 40}",
        "1e999",
        "[x for x in [1]]",
        "lambda: 1",
    ],
)
def test_another_argument_is_its_code(code: str) -> None:
    text = (
        "WORD = 'word'\nTWICE = 1\nTWICE = 2\nCHANGED = []\nCHANGED.append(1)\n"
        "GROWN = [1]\nGROWN += [2]\nHANDED = [1]\nprint(HANDED)\n"
        "for LOOP in [1]: print(LOOP)\nSET = 1\ndef f():\n    global SET\n    SET = 2\n"
        f"@transform(extra={code})\n{FUNCTION}"
    )
    value = node_of(text).definition["extra"]
    assert isinstance(value, str)
    value.encode()


def test_names_that_double_what_they_hold_are_kept_as_code() -> None:
    lines = ["L0 = ['x', 'x']", *(f"L{i} = [L{i - 1}, L{i - 1}]" for i in range(1, 60))]
    lines += ["T0 = 'x'", *(f"T{i} = T{i - 1} + T{i - 1}" for i in range(1, 60))]
    node = node_of("\n".join([*lines, f"@transform(x=L59, y=T59)\n{FUNCTION}"]))
    assert (node.definition["x"], node.definition["y"]) == ("L59", "T59")


def test_an_integer_too_long_to_print_is_kept_as_code() -> None:
    assert "0x" in str(node_of(f"@transform(x=0x{'f' * 9000})\n{FUNCTION}").definition["x"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("@transform(name=→make())\ndef a(ctx): ...\n", "not-literal"),
        ("@transform(→make())\ndef a(ctx): ...\n", "not-literal"),
        ("for n in 'ab':\n  @transform(name=→n)\n  def a(ctx): ...\n", "not-literal"),
        ("@transform(name=→12)\ndef a(ctx): ...\n", "invalid-field"),
        ("@transform(name=→' a')\ndef a(ctx): ...\n", "invalid-field"),
        ("@transform(name=→'a\\n')\ndef a(ctx): ...\n", "invalid-field"),
        ("@transform(name=→'')\ndef a(ctx): ...\n", "invalid-field"),
        ("@→source\ndef a(ctx): ...\n", "invalid-field"),
        ("@→second_order_aggregation(id_col='x')\ndef a(ctx): ...\n", "invalid-field"),
        ("@transform(name='a', →name='b')\ndef a(ctx): ...\n", "python-argument"),
        ("@transform('a', →name='b')\ndef a(ctx): ...\n", "python-argument"),
        ("@transform(→**SETTINGS)\ndef a(ctx): ...\n", "python-argument"),
        ("@transform(→*SETTINGS)\ndef a(ctx): ...\n", "python-argument"),
        ("@transform('a', 'b', [], [], {}, →1)\ndef a(ctx): ...\n", "python-argument"),
        ("@transform(inputs=→make())\ndef a(ctx): ...\n", "not-literal"),
        ("@transform(inputs=→'source.x')\ndef a(ctx): ...\n", "not-literal"),
        ("@transform(inputs=[→make()])\ndef a(ctx): ...\n", "not-literal"),
        ("@transform(inputs=[→*MORE])\ndef a(ctx): ...\n", "not-literal"),
        ("@transform(inputs=[→1])\ndef a(ctx): ...\n", "not-literal"),
        ("@second_order_aggregation('a', source=→make())\ndef a(ctx): ...\n", "not-literal"),
        ("@transform\ndef a(ctx):\n  for n in N: ctx.ref(→n)\n", "python-read"),
        ("@transform(inputs=[])\ndef a(ctx): ctx.ref(→'source.' + n)\n", "python-read"),
        ("@transform\ndef a(ctx): →ctx.ref()\n", "python-read"),
        ("@transform\ndef a(ctx): r = →ctx.ref\n", "python-read"),
        ("@transform\ndef a(ctx): →ctx.entity('customer')\n", "python-read"),
        ("@transform\ndef a(ctx): →ctx.features('customer', F)\n", "python-read"),
        ("@transform\ndef a(ctx): →ctx._node_outputs\n", "python-read"),
        ("@transform\ndef a(ctx): load(→ctx)\n", "python-read"),
        ("@transform\ndef a(ctx): c = →ctx\n", "python-read"),
        ("@transform\ndef a(ctx): getattr(→ctx, 'ref')('source.x')\n", "python-read"),
        ("@transform\ndef a(*args): →args[0].ref('source.x')\n", "python-read"),
        ("@transform(→columns=['a', 'A'])\ndef a(ctx): ...\n", "duplicate-column"),
        ("@transform(→schema=[{'name': 'a', 'type': 'nix'}])\ndef a(ctx): ...\n", "unknown-type"),
    ],
)
def test_what_cannot_be_told_is_an_error_at_its_place(text: str, code: str) -> None:
    plain, line, column = marked(text)
    found = problem_of(plain)
    assert (found.code, found.place.line, found.place.column) == (code, line, column)


def test_places_count_characters() -> None:
    assert (
        str(node_of("@transform(name='ü')\ndef ü(ctx): ...\n").place_of("name")) == f"{PATH}:3:12"
    )
    node = node_of("@transform(description='üüü', owner='x')\ndef a(ctx): ...\n")
    assert str(node.place_of("owner")) == f"{PATH}:3:31"


def test_what_a_function_reads_is_its_edges_in_order_each_once() -> None:
    node = node_of(
        "ORDERS = 'source.orders'\n"
        "@transform(inputs=[ORDERS, {'ref': 'source.a'}])\n"
        "def a(c):\n"
        "    x = c.ref('source.b').merge(c.ref(ORDERS))\n"
        "    def inner():\n"
        "        return c.ref(node_id='source.c')\n"
        "    return c.duckdb.sql('SELECT * FROM source.d') if c is None else c.config\n"
    )
    assert [(edge.ref, str(edge.place)) for edge in node.inputs] == [
        ("source.orders", f"{PATH}:4:20"),
        ("source.a", f"{PATH}:4:28"),
        ("source.b", f"{PATH}:6:15"),
        ("source.c", f"{PATH}:8:30"),
    ]
    assert node.definition["inputs"] == [{"ref": edge.ref} for edge in node.inputs]


def test_inputs_may_be_a_mapping_and_a_source_an_edge() -> None:
    found = nodes_of(
        "@transform(inputs={'users': 'ref:source.users'})\ndef a(ctx): ...\n"
        "@second_order_aggregation(name='b', source='aggregation.x')\ndef b(ctx): ...\n"
    )
    assert [[edge.ref for edge in node.inputs] for node in found.values()] == [
        ["aggregation.x"],
        ["source.users"],
    ]


def test_the_context_is_followed_into_functions_of_the_file() -> None:
    node = node_of(
        "def load(n, c):\n    again(context=c)\n    return c.ref('source.a')\n"
        "def again(*, context):\n    load(1, context)\n    return context.ref('source.b')\n"
        "@transform\ndef a(ctx):\n    return load(1, ctx)\n"
    )
    assert [edge.ref for edge in node.inputs] == ["source.a", "source.b"]


def test_features_name_the_groups_they_are_of() -> None:
    node = node_of("@transform\ndef a(ctx): ctx.features('customer', ['x.total', 'y.mean'])\n")
    assert [edge.ref for edge in node.inputs] == ["feature_group.x", "feature_group.y"]


@pytest.mark.parametrize("body", ["load(ctx)", "ctx.entity('c')", "ctx.features('c', F)"])
def test_declared_inputs_say_what_hidden_code_reads(body: str) -> None:
    node = node_of(f"@transform(inputs=['source.x'])\ndef a(ctx): {body}\n")
    assert [edge.ref for edge in node.inputs] == ["source.x"]


def test_settings_of_seeknal_are_the_mapping_of_their_arguments() -> None:
    node = node_of(
        "from seeknal.pipeline.materialization_config import MaterializationConfig as M\n"
        "SETTINGS = M(enabled=True, table='a.b.c')\n"
        f"@transform(materialization=SETTINGS)\n{FUNCTION}"
    )
    assert node.definition["materialization"] == {"enabled": True, "table": "a.b.c"}


@pytest.mark.parametrize(
    "said",
    [
        "columns={'id': 'int', 'note': 'free text'}",
        "columns={'id': {'dtype': 'integer'}, 'note': {'description': 'x'}}",
        "schema=[{'name': 'id', 'data_type': 'int'}, {'name': 'note'}]",
    ],
)
def test_declared_columns_are_the_nodes(said: str) -> None:
    analysis = analysed({PATH: f"{IMPORTS}@source(name='a', {said})\ndef a(): ...\n"})
    assert analysis.of("source.a").columns == (Column("id", "INTEGER"), Column("note"))


@pytest.mark.parametrize("said", ["", "(columns=make())", "(columns={})"])
def test_other_columns_are_unknown_with_a_reason(said: str) -> None:
    known = analysed({PATH: f"{IMPORTS}@transform{said}\n{FUNCTION}"}).of("transform.a")
    assert known.columns is None
    assert known.unknown is not None
    assert known.unknown.endswith("known only when it runs; declare `columns=`")


def test_a_query_reads_the_declared_columns_of_a_node_in_python() -> None:
    files = {
        PATH: f"{IMPORTS}@transform(columns={{'id': 'int'}})\n{FUNCTION}",
        "seeknal/b.yml": (
            "kind: transform\nname: b\ninputs: [{ref: transform.a}]\n"
            "transform: SELECT * FROM transform.a\n"
        ),
    }
    analysis = analysed(files)
    assert analysis.of("transform.b").columns == (Column("id", "INTEGER"),)
    assert build_ids(analysis, "duckdb", {}, {}) == {"transform.a": None, "transform.b": None}


def test_a_plan_skips_a_node_in_python_and_what_reads_it() -> None:
    files = {
        PATH: f"{IMPORTS}@transform(columns={{'id': 'int'}})\n{FUNCTION}",
        "seeknal/b.yml": (
            "kind: transform\nname: b\ninputs: [{ref: transform.a}]\n"
            "transform: SELECT id FROM transform.a\n"
        ),
    }
    analysis = analysed(files)
    ids = build_ids(analysis, "duckdb", {}, {})
    report = classify(analysed({}), analysis, SIDES)
    plan = make_plan(analysis.manifest, ids, Held(), report, "dev", "dev", None)
    assert [(step.node, step.action, step.reason) for step in plan.steps] == [
        ("transform.a", Action.SKIP, "a node in Python is compared, but not executed"),
        ("transform.b", Action.SKIP, "it reads a node that has no rows"),
    ]
    assert view_names(analysis.manifest) == {"transform.b": "b"}


def test_owner_and_switch_are_those_of_the_decorator() -> None:
    node = node_of(f"@transform(owner='team', active=False)\n{FUNCTION}")
    assert (node.owner, node.active) == ("team", False)


def test_no_code_is_run() -> None:
    text = f"raise SystemExit\n{IMPORTS}@transform\ndef a(ctx): 1 / 0\n"
    assert list(load(text).nodes) == ["transform.a"]


def test_a_node_with_an_error_is_no_phantom_to_its_readers() -> None:
    files = {
        PATH: "@transform\ndef a(ctx): ctx.ref(x)\n",
        "seeknal/b.yml": (
            "kind: transform\nname: b\ninputs: [{ref: transform.a}]\n"
            "transform: SELECT 1 AS x FROM transform.a\n"
        ),
    }
    manifest = load_manifest(MemoryTree(files))
    assert [(p.code, p.node) for p in manifest.problems] == [("python-read", "transform.a")]


def test_the_spec_is_of_a_node_that_is_not_executed() -> None:
    node = node_of(f"@source(name='a')\n{FUNCTION}")
    assert isinstance(node.spec, PythonSpec)
    assert node.spec.reason == "a node in Python is compared, but not executed"
    assert (node.definition["source"], node.definition["table"]) == ("csv", "")
    assert Analysis(load(f"@transform\n{FUNCTION}"), "duckdb").query("transform.a") is None

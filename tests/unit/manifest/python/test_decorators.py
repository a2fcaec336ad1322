"""Which functions of a file are nodes, by whatever names Seeknal's decorators go."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.loader import load_manifest
from tests.support.project import MemoryTree
from tests.unit.manifest.python.reading import IMPORTS, PATH, load, marked, node_of, nodes_of

FUNCTION = "def a(ctx): ...\n"

SPELLINGS = [
    "from seeknal.pipeline import transform\n@transform(name='a')\n",
    "from seeknal.pipeline import transform\n@transform('a')\n",
    "from seeknal.pipeline import transform\n@transform\n",
    "from seeknal.pipeline import transform\n@transform()\n",
    "from seeknal.pipeline.decorators import transform as t\n@t(name='a')\n",
    "from seeknal import transform\n@transform\n",
    "from seeknal.pipeline import *\n@transform(name='a')\n",
    "from seeknal import pipeline\n@pipeline.transform(name='a')\n",
    "import seeknal\n@seeknal.pipeline.transform(name='a')\n",
    "import seeknal.pipeline\n@seeknal.pipeline.transform\n",
    "import seeknal.pipeline as sp\n@sp.transform(name='a')\n",
    "import seeknal.pipeline.decorators as d\n@d.transform(name='a')\n",
    "try:\n  from seeknal.pipeline import transform\nexcept ImportError:\n  raise\n@transform\n",
    "@transform(name='a')\n",
]


@pytest.mark.parametrize("head", SPELLINGS)
def test_a_decorator_is_seeknals_by_any_name(head: str) -> None:
    manifest = load(head + FUNCTION)
    assert list(manifest.nodes) == ["transform.a"]
    assert manifest.problems == ()


@pytest.mark.parametrize("kind", ["feature_group", "second_order_aggregation", "source"])
def test_every_decorator_has_a_kind(kind: str) -> None:
    assert list(nodes_of(f"@{kind}(name='a')\n{FUNCTION}")) == [f"{kind}.a"]


def test_a_feature_service_reads_the_feature_groups_of_its_views() -> None:
    manifest = load(
        "from seeknal.pipeline import FeatureView, feature_service\n"
        "@feature_service(name='s', version='1', owner='ml', views=[\n"
        "    FeatureView(ref='feature_group.a', features=['x']),\n"
        "    {'ref': 'feature_group.b', 'features': ['y']},\n"
        "])\n"
        "def s(): ...\n"
    )
    assert [(p.code, p.place.line) for p in manifest.problems] == [
        ("unknown-ref", 3),
        ("unknown-ref", 4),
    ]
    inputs = manifest.nodes["feature_service.s"].inputs
    assert [edge.ref for edge in inputs] == ["feature_group.a", "feature_group.b"]


@pytest.mark.parametrize(
    "block",
    [
        "if True:\n    {}",
        "try:\n    {}finally:\n    x = 1\n",
        "with open('x'):\n    {}",
        "for _ in [1]:\n    {}",
    ],
)
def test_a_node_under_a_condition_is_a_node(block: str) -> None:
    function = "@transform\n    async def a(ctx): ...\n"
    assert list(nodes_of(block.format(function))) == ["transform.a"]


def test_a_file_has_several_nodes_each_where_its_decorator_stands() -> None:
    text = "@source(name='a')\ndef f(): ...\n\n\n@transform(\n  name='b')\ndef g(ctx): ...\n"
    places = {key: str(node.place) for key, node in nodes_of(text).items()}
    assert places == {"source.a": f"{PATH}:3:2", "transform.b": f"{PATH}:7:2"}


def test_a_function_with_two_decorators_is_two_nodes() -> None:
    assert list(nodes_of(f"@transform\n@feature_group\n{FUNCTION}")) == [
        "feature_group.a",
        "transform.a",
    ]


def test_the_tables_of_stacked_materialize_decorators_are_targets_from_below() -> None:
    node = node_of(
        "@transform(name='a')\n"
        "@materialize(type='postgresql', connection='pg', table='s.t', mode='append')\n"
        "@materialize('iceberg', table='c.n.t')\n" + FUNCTION
    )
    assert node.definition["materializations"] == [
        {"type": "iceberg", "table": "c.n.t", "mode": "full"},
        {"type": "postgresql", "table": "s.t", "mode": "append", "connection": "pg"},
    ]
    assert node.place_of("materializations").line == 5


@pytest.mark.parametrize(
    "text",
    [
        "def outer():\n    @→transform(name='a')\n    def inner(ctx): ...\n",
        "class C:\n    @→transform(name='a')\n    def inner(self, ctx): ...\n",
        "@→source(name='a')\nclass A: ...\n",
        "@→materialize(table='a.b')\ndef a(ctx): ...\n",
        "f = →transform(name='a')(print)\n",
        "t = →transform\n@t(name='a')\ndef a(ctx): ...\n",
        "import functools\nt = functools.partial(→transform, tags=[])\n",
        "def make(f):\n    return →transform(name='a')(f)\n",
        "def make(f):\n  →from seeknal.pipeline import transform as t\n  return t(name='a')(f)\n",
        "import seeknal.pipeline as sp\nx = getattr(→sp, 'transform')\n",
        "import flows\n@→flows.transform(name='a')\ndef a(ctx): ...\n",
        "@→t(name='a')\ndef a(ctx): ...\n",
        "import seeknal.pipeline as sp\n@→sp.metric(name='a')\ndef a(ctx): ...\n",
        "from seeknal.pipeline import metric\n@→metric(name='a')\ndef a(ctx): ...\n",
        "flows = [1]\n@→flows[0].transform(name='a')\ndef a(ctx): ...\n",
    ],
)
def test_what_may_make_a_node_unseen_is_an_error_at_its_place(text: str) -> None:
    plain, line, column = marked(text)
    manifest = load(IMPORTS + plain)
    assert [(p.code, p.place.line, p.place.column) for p in manifest.problems] == [
        ("python-node", line, column)
    ]
    assert manifest.nodes == {}


@pytest.mark.parametrize(
    "text",
    [
        "from flows import transform\n@transform\ndef a(ctx): ...\n",
        "from .flows import transform\n@transform\ndef a(ctx): ...\n",
        "from seeknal.common.flows import transform\n@transform\ndef a(ctx): ...\n",
        "def transform(f): ...\n@transform\ndef a(ctx): ...\n",
        "import flows as transform\n@transform(1)\ndef a(ctx): ...\n",
    ],
)
def test_a_decorator_of_the_same_name_from_elsewhere_may_be_seeknals(text: str) -> None:
    (problem,) = load(text).problems
    assert problem.code == "python-node"
    assert problem.message == "it cannot be told whether `@transform` makes a node"


@pytest.mark.parametrize(
    "text",
    [
        "import dataclasses\n\n@dataclasses.dataclass\nclass A: ...\n",
        '"""Use @transform to make a node."""\n',
        "x = 1  # @transform\n",
        "@property\ndef a(self): ...\n",
        "broken python without the sign\n",
        "from seeknal.pipeline import source\n\ndef f(source):\n    return source(1)\n",
        "from seeknal.pipeline import source\n\ndef f(x):\n    source = x\n    return source + 1\n",
        "from seeknal.pipeline import source\n\ny = [source for source in [1, 2]]\n",
        "from seeknal.pipeline import PipelineContext\n\ndef f(ctx: PipelineContext): ...\n",
        "import seeknal.tasks.duckdb\n\nx = seeknal.tasks.duckdb.DuckDBTask()\n",
        "from seeknal.common.retry import retry\n\n@retry\ndef f(): ...\n",
        "from flows import *\n\n@retry\ndef f(): ...\n",
    ],
)
def test_python_that_defines_no_node_is_no_problem(text: str) -> None:
    manifest = load(text)
    assert manifest.problems == ()
    assert manifest.nodes == {}


@pytest.mark.parametrize(
    "path",
    [
        "seeknal/common/a.py",
        "seeknal/templates/a.py",
        "seeknal/x/templates/y/a.py",
        "seeknal/_a.py",
        "seeknal/x/__init__.py",
    ],
)
def test_python_files_that_seeknal_does_not_load_are_not_looked_at(path: str) -> None:
    manifest = load_manifest(MemoryTree({path: f"@transform\n{FUNCTION}"}))
    assert (dict(manifest.nodes), manifest.problems) == ({}, ())


def test_a_folder_whose_name_only_ends_in_templates_is_looked_at() -> None:
    path = "seeknal/my_templates/a.py"
    manifest = load_manifest(MemoryTree({path: f"@transform\n{FUNCTION}"}))
    assert list(manifest.nodes) == ["transform.a"]


def test_a_node_in_python_and_in_yaml_is_defined_twice() -> None:
    yaml = "kind: transform\nname: a\ntransform: SELECT 1 AS x\n"
    manifest = load(f"@transform\n{FUNCTION}", {"seeknal/a.yml": yaml})
    (problem,) = manifest.problems
    assert (problem.code, str(problem.place)) == ("duplicate-node", f"{PATH}:1:2")
    assert problem.related is not None
    assert problem.related.path == "seeknal/a.yml"


def test_two_functions_of_a_condition_define_a_node_twice() -> None:
    half = "@transform(name='a')\n    def {}(ctx): ...\n"
    text = f"if x:\n    {half.format('f')}else:\n    {half.format('g')}"
    (problem,) = load(text).problems
    assert problem.code == "duplicate-node"

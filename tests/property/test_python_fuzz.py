"""Python files that are damaged in any way: no exception, and no node that is gone without a word.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import ast
import os
import warnings
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from seeknal_ci.build_id import build_ids
from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.definition import json_text
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.python.nodes import python_nodes
from seeknal_ci.manifest.validate import query_problems, unknown_columns
from tests.support.cases import SIDES
from tests.support.project import MemoryTree

QUICK = settings(
    max_examples=20_000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 200,
    derandomize=True,
    deadline=None,
    database=None,
)
SEEDS = st.integers(min_value=0, max_value=2**32)
PATH = "seeknal/flows/nodes.py"
FILE = b'''# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas", "duckdb"]
# ///
"""Nodes of the shop."""
import pandas as pd
import seeknal.pipeline as sp
from seeknal.common.money import cents
from seeknal.pipeline import source, transform as t
from seeknal.pipeline.decorators import materialize

OWNER = "team"
INPUTS = ["source.orders", f"source.{OWNER}"]


def load(context, name="x"):
    return context.ref("source.rates")


@source(name="orders", table="data/orders.csv", columns={"id": "int"}, owner=OWNER)
def orders(ctx=None):
    pass


@t(name="clean", inputs=INPUTS, tags=["a"])
@materialize(type="postgresql", connection="pg", table="shop.clean")
async def clean(ctx):
    """What is paid."""
    df = ctx.ref("source.orders").merge(load(ctx))
    return ctx.duckdb.sql("SELECT * FROM df").df().map(cents)


if OWNER:

    @sp.feature_group(entity="customer")
    def features(ctx):
        return [row for row in ctx.ref("transform.clean") if row]
'''
BITS: tuple[bytes, ...] = (
    *(b"", b"\n", b"\r\n", b"\r", b"\t", b" ", b"    ", b"\f", b"\\", b"#", b"'", b'"', b'"""'),
    *(b"(", b")", b"[", b"]", b"{", b"}", b":", b",", b"=", b".", b"*", b"**", b"@", b"->", b";"),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", "\u00fc".encode(), b"0", b"0x" + b"f" * 5000, b"1e999"),
    *(b"\\ud800", b"f'{", b"lambda: ", b"def f():\n    ", b"class A:\n    ", b"if x:\n    "),
    *(b"@t\n", b"@source(", b"@sp.transform\n", b"source", b"t", b"sp", b"ctx", b"ctx.ref(x)"),
    *(b"import *", b"from . import x\n", b"# /// script\n", b"# ///\n", b"# coding: latin-1\n"),
    *(b"global OWNER\n", b"del OWNER\n", b"OWNER += 'x'\n", b"eval('1')", b"await ", b"yield "),
    *(b"name=", b"name='x', ", b"inputs=", b"None", b"match x:\n  case ", b"exec('x')\n"),
)
NODES = ("source", "t", "sp.feature_group", "sp.transform")


def damaged(rng: Random) -> bytes:
    """The file with a few of its bytes gone or doubled, or with others among them."""
    content = FILE
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(content) + 1)
        end = min(len(content), start + rng.choice((0, 0, 1, 3, 20, 100)))
        piece = content[start:end]
        new = rng.choice((b"", piece + piece, rng.choice(BITS), rng.choice(BITS) + piece))
        content = content[:start] + new + content[end:]
    return content


@QUICK
@given(seed=SEEDS)
def test_nothing_escapes(seed: int) -> None:
    files = [{PATH: FILE}, {PATH: damaged(Random(seed))}]
    base, head = (Analysis(load_manifest(MemoryTree(each)), "duckdb") for each in files)
    for one, other in ((base, head), (head, base)):
        report = classify(one, other, SIDES)
        assert all(e.message and e.fix and e.place.line >= 1 for e in report.errors)
        assert all(e.place.column is None or e.place.column >= 1 for e in report.errors)
    for node in head.manifest.nodes.values():
        json_text(node.definition).encode()
    query_problems(head, head.manifest.nodes)
    list(unknown_columns(head))
    build_ids(head, "duckdb", {}, {})


@QUICK
@given(seed=SEEDS)
def test_every_decorator_is_a_node_or_in_an_error(seed: int) -> None:
    """A node for every function that Python itself sees with a decorator of ours, or a problem."""
    content = damaged(Random(seed))
    found = python_nodes(PATH, content)
    problems = [problem for _, several in found for problem in several]
    if not problems:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
        expected = sum(
            ast.unparse(decorator).partition("(")[0] in NODES
            for item in ast.walk(tree)
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
            for decorator in item.decorator_list
        )
        assert expected <= sum(node is not None for node, _ in found)
    else:
        assert all(p.place.path == PATH and p.message and p.fix for p in problems)


@QUICK
@given(seed=SEEDS)
def test_a_node_whose_file_is_damaged_is_never_removed_without_a_word(seed: int) -> None:
    content = damaged(Random(seed))
    base, head = (load_manifest(MemoryTree({PATH: each})) for each in (FILE, content))
    report = classify(Analysis(base, "duckdb"), Analysis(head, "duckdb"), SIDES)
    told = {change.change.node.id for change in report.changes}
    told |= {c.change.before.id for c in report.changes if c.change.before is not None}
    assert (base.nodes.keys() - head.nodes.keys()) <= told or head.errors


@QUICK
@given(content=st.binary(max_size=200))
def test_any_bytes_are_nodes_or_problems(content: bytes) -> None:
    for prefix in (b"", b"@t\n", b"from seeknal import source\n"):
        for node, problems in python_nodes(PATH, prefix + content):
            assert node is not None or problems


@QUICK
@given(
    text=st.text(
        alphabet=" \n\t@()[]{}:=,.'\"#*\\fctxrefsource\x00\x0c\x85\u2028\ufeff", max_size=120
    )
)
def test_any_text_that_looks_like_python_is_read_or_a_problem(text: str) -> None:
    for prefix in ("", "from seeknal.pipeline import source\n@source(", "@source('a')\n"):
        for node, problems in python_nodes(PATH, (prefix + text).encode()):
            assert node is not None or problems

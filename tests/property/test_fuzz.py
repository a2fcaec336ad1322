"""Files that are damaged in any way: no exception, and no node that is gone without a word.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from seeknal_ci.build_id import build_ids
from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.declared import declared_in_vain
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.validate import query_problems, unknown_columns
from seeknal_ci.manifest.yaml_reader import read_documents
from tests.support.cases import SIDES, project
from tests.support.project import MemoryTree, ecommerce

QUICK = settings(
    max_examples=20_000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 150,
    derandomize=True,
    deadline=None,
    database=None,
)
SEEDS = st.integers(min_value=0, max_value=2**32)
TEMPLATED: dict[str, str | bytes] = {
    **project("tiny"),
    "seeknal/common/rules.yml": "rules:\n  - {id: paid, value: \"status = 'PAID'\"}\n",
    "seeknal/common/sources.yml": (
        "sources:\n  - id: orders\n    ref: source.orders\n    params: {idCol: order_id}\n"
    ),
    "seeknal/common/transformations.yml": (
        "transformations:\n  - {id: total, sql: 'sum({{ orders.idCol }})'}\n"
    ),
    "seeknal/templated.yml": (
        "kind: transform\nname: templated\ninputs: {o: 'ref:source.orders'}\nparams: {least: 1}\n"
        "transform: |\n  SELECT {{ transforms.total }} AS n, '{{ today(-1) }}' AS d FROM {{ o }}\n"
        "  WHERE {{ rules.paid }} AND order_id > {{ least }} AND 1 = {{ env:N|1 }}\n"
    ),
}
PROJECTS = (
    ecommerce(),
    *(project(name) for name in ("shop", "features", "business", "python")),
    TEMPLATED,
)
BITS: tuple[bytes, ...] = (
    *(b"", b"\n", b"\r\n", b"\t", b" ", b"  ", b":", b": ", b"- ", b"#", b"|", b">", b"&a ", b"*a"),
    *(b"<<: *a", b"[", b"]", b"{", b"}", b"{{ x }}", b"'", b'"', b",", b"?", b"!!int ", b"---\n"),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", "ü".encode(), b"null", b"true", b"0", b"99999999999"),
    *(b"kind", b"kind: rule", b"name: x", b"SELECT", b" FROM ", b"(", b")", b";", b"--", b"/*"),
    *(b" AS x", b", *", b"o.*", b" JOIN ", b" USING (order_id)", b" GROUP BY ALL", b"__THIS__"),
    *(b"source.orders", b"transform.clean", b"input_0", b"ref('source.orders')", b" UNION ALL "),
    *(b"COLUMNS(*)", b" PIVOT (sum(1) FOR x IN (1))", b"unnest([1])", b"struct.x.y", b"#1", b"$1"),
    *(b"count(*)", b" OVER (", b" QUALIFY 1", b"lambda x: x", b"::INT[]", b"{'a': 1}.a", b"[1][1]"),
)


def damaged(rng: Random, content: bytes) -> bytes:
    """The content with a few of its bytes gone, doubled, moved, or others in their place."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(content) + 1)
        end = min(len(content), start + rng.choice((0, 0, 1, 3, 20, 100)))
        kind = rng.randrange(4)
        piece = content[start:end]
        if kind == 0:
            piece = rng.choice(BITS)
        elif kind == 1:
            piece = piece + piece
        elif kind == 2:
            piece = rng.choice(BITS) + piece
        else:
            piece = b""
        content = content[:start] + piece + content[end:]
    return content


def damaged_project(rng: Random) -> tuple[dict[str, str | bytes], dict[str, str | bytes]]:
    files = dict(rng.choice(PROJECTS))
    after = dict(files)
    paths = [path for path in sorted(files) if path.startswith("seeknal/")]
    for path in rng.sample(paths, rng.randint(1, 3)):
        content = files[path]
        after[path] = damaged(rng, content.encode() if isinstance(content, str) else content)
    return files, after


@QUICK
@given(seed=SEEDS)
def test_nothing_escapes(seed: int) -> None:
    before, after = damaged_project(Random(seed))
    base, head = (Analysis(load_manifest(MemoryTree(files)), "duckdb") for files in (before, after))
    for one, other in ((base, head), (head, base)):
        report = classify(one, other, SIDES)
        assert all(e.message and e.fix and e.place.line >= 1 for e in report.errors)
    query_problems(head, head.manifest.nodes)
    list(unknown_columns(head))
    list(declared_in_vain(head))
    build_ids(head, "duckdb", {}, {})


@QUICK
@given(seed=SEEDS)
def test_every_file_with_a_kind_is_a_node_or_in_an_error(seed: int) -> None:
    _, after = damaged_project(Random(seed))
    manifest = load_manifest(MemoryTree(after))
    told = {problem.place.path for problem in manifest.errors}
    told |= {problem.related.path for problem in manifest.errors if problem.related}
    told |= {node.place.path for node in manifest.nodes.values()}
    for path, content in after.items():
        is_pipeline = path.endswith(".yml") and not path.startswith("seeknal/common/")
        if path.startswith("seeknal/") and is_pipeline and path not in told:
            documents, problems = read_documents(path, _bytes(content))
            assert not problems
            kinds = [d.value for d in documents if isinstance(d.value, dict) and "kind" in d.value]
            assert kinds == [], path
            assert not re.search(rb"^kind: ", _bytes(content)) or not documents or kinds == []


@QUICK
@given(seed=SEEDS)
def test_a_node_whose_file_is_damaged_is_never_removed_without_an_error(seed: int) -> None:
    before, after = damaged_project(Random(seed))
    base, head = (load_manifest(MemoryTree(files)) for files in (before, after))
    gone = base.nodes.keys() - head.nodes.keys()
    unread = {p.place.path for p in head.errors}
    report = classify(Analysis(base, "duckdb"), Analysis(head, "duckdb"), SIDES)
    changed = {change.change.node.id for change in report.changes}
    changed |= {c.change.before.id for c in report.changes if c.change.before is not None}
    for node in gone:
        assert node in changed or base.nodes[node].place.path in unread, node


@QUICK
@given(content=st.binary(max_size=300))
def test_any_bytes_are_documents_or_a_problem(content: bytes) -> None:
    documents, problems = read_documents("seeknal/a.yml", content)
    assert not (documents and problems)
    assert all(p.place.line >= 1 and p.message and p.fix for p in problems)


@QUICK
@given(text=st.text(alphabet=" \n\t-:,[]{}#&*!|>'\"%@`abc01\\\x00\x85\ufeff", max_size=120))
def test_any_text_that_looks_like_yaml_is_read_or_a_problem(text: str) -> None:
    documents, problems = read_documents("seeknal/a.yml", text.encode())
    assert not (documents and problems)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content

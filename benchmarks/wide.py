"""How long one changed query of 150 columns takes to classify, both of its sides analysed.

Measured in the processor's time, as `load` is, with a query that was not seen before in every run.
The floor parses the two texts.
"""

from __future__ import annotations

import gc
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import sqlglot
from figure import Figure
from load import seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.cases import SIDES
from tests.support.project import Files, analysed

from seeknal_ci.classify.classify import classify
from seeknal_ci.cli.main import COLLECTED_AFTER

COLUMNS = 150
RUNS = 40


def wide(folder: Path) -> Iterator[Figure]:
    """One value of 150 is computed otherwise."""
    gc.set_threshold(COLLECTED_AFTER)  # as the program does
    times, floors = [], []
    for run in range(RUNS):
        before, after = _query(run), _query(run + RUNS)
        base, head = analysed(_project(before)), analysed(_project(after))
        floors.append(seconds(_parse, before, after))
        times.append(seconds(classify, base, head, SIDES))
    whole, floor = statistics.median(times), statistics.median(floors)
    yield Figure(f"classify, one query of {COLUMNS} columns, changed", whole, floor)
    print(f"    {(whole - floor) * 1_000:.0f} ms beyond parsing (asked: ≤ 50 ms)")


def _parse(*queries: str) -> None:
    for query in queries:
        sqlglot.parse_one(query, dialect="duckdb")


def _query(number: int) -> str:
    """Columns passed on, columns computed, and a filter."""
    outputs = [
        f"c{i} AS d{i}" if i % 4 else f"coalesce(c{i}, {i}) * 2 AS d{i}" for i in range(COLUMNS - 1)
    ]
    outputs.append(f"c{COLUMNS - 1} + {number} AS d{COLUMNS - 1}")
    return f"SELECT {', '.join(outputs)} FROM source.wide WHERE c3 > 0"


def _project(query: str) -> Files:
    types = ("double", "integer")
    schema = ", ".join(f"{{name: c{i}, data_type: {types[i % 2]}}}" for i in range(COLUMNS))
    source = f"{{kind: source, name: wide, source: csv, table: wide.csv, schema: [{schema}]}}"
    reader = f"kind: transform\nname: one\ninputs: [{{ref: source.wide}}]\ntransform: {query}\n"
    return {"seeknal/wide.yml": source, "seeknal/one.yml": reader}

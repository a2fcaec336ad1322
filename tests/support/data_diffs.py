"""Comparisons of data, made by hand, with everything that can be told of a node."""

from __future__ import annotations

from seeknal_ci.model.data_diff import (
    ColumnDiff,
    ColumnValues,
    DataDiff,
    Depth,
    DistinctRows,
    KeyedRows,
    NodeDiff,
    Pair,
    RepeatedKey,
)
from seeknal_ci.model.spec import Column

SAME = ColumnValues(0, 1_200)
KEYED = NodeDiff(
    "transform.clean_orders",
    1_200,
    1_180,
    added=(Column("discount_pct", "DECIMAL(3,2)"),),
    retyped=(Pair(Column("amount", "INTEGER"), Column("amount", "BIGINT")),),
    columns=(
        ColumnDiff("order_id", SAME, ColumnValues(0, 1_180)),
        ColumnDiff("amount", ColumnValues(3, 800), ColumnValues(0, 801)),
        ColumnDiff("status", ColumnValues(0, 4), ColumnValues(0, 4), changed=5),
        ColumnDiff("customer_id", ColumnValues(0, 90), ColumnValues(0, 90), changed=0),
        ColumnDiff("discount_pct", None, ColumnValues(12, 30)),
    ),
    keyed=KeyedRows(("order_id",), only_before=20, only_after=0, changed=5),
    other_sources=("source.orders",),
)
REPEATED = NodeDiff(
    "transform.customer_enriched",
    1_180,
    1_200,
    columns=(ColumnDiff("customer_id", ColumnValues(0, 1_180), ColumnValues(0, 1_188)),),
    distinct=DistinctRows(1_180, 1_190, only_before=0, only_after=10, repeated=10),
    repeated_key=RepeatedKey(("customer_id",), before=0, after=12),
)
WIDE = NodeDiff(
    "source.events", 30_000_000, 30_000_000, not_compared="over the budget of 10,000,000 rows"
)
UNCHANGED = NodeDiff(
    "aggregation.daily_sales",
    31,
    31,
    keyed=KeyedRows(("region", "day"), only_before=0, only_after=0, changed=0),
)
NEW = NodeDiff("transform.regions", None, 7)
EMPTIED = NodeDiff("source.inventory", 12, 0)
FULL = DataDiff(Depth.FULL, "prod", (UNCHANGED, WIDE, KEYED, REPEATED, NEW))
COUNTED = DataDiff(
    Depth.COUNTS,
    "prod",
    (
        NodeDiff("source.customers", 1_000_000, 1_000_001, removed=(Column("fax", "VARCHAR"),)),
        EMPTIED,
        NodeDiff("source.orders", 0, 3),
        NodeDiff("transform.regions", None, 0),
    ),
    unbuilt=("aggregation.daily_sales",),
)
UNTOUCHED = DataDiff(Depth.FULL, "prod")
BROKEN = DataDiff(Depth.FULL, "prod", problem="the server closed the connection")

"""Small projects whose lineage is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.lineage import Lineages
from tests.support.project import analysed

SOURCE = (
    "kind: source\nname: orders\nsource: csv\ntable: orders.csv\nschema:\n"
    "  - {name: order_id, data_type: integer}\n  - {name: Amount, data_type: double}\n"
    "  - {name: status, data_type: string}\n"
)
RAW = "kind: source\nname: raw\nsource: csv\ntable: raw.csv\n"


def transform(name: str, sql: str, *inputs: str, more: str = "") -> str:
    """A transform's YAML; `more` is further fields."""
    listed = "".join(f"  - ref: {ref}\n" for ref in inputs)
    return f"kind: transform\nname: {name}\ninputs:\n{listed}{more}transform: |\n  {sql}\n"


def lineages(nodes: Mapping[str, str]) -> tuple[Analysis, Lineages]:
    """The project of these files, and its lineage."""
    analysis = analysed({f"seeknal/{name}.yml": text for name, text in nodes.items()})
    return analysis, Lineages(analysis)


def shop() -> tuple[Analysis, Lineages]:
    """Orders, two steps, a node that cannot be read, and an export."""
    return lineages(
        {
            "orders": SOURCE,
            "clean": transform(
                "clean",
                "SELECT order_id, amount * 2 AS total, status FROM source.orders WHERE amount > 0",
                "source.orders",
                more="audits:\n  - {type: not_null, columns: [total]}\n"
                "  - {type: custom_sql, sql: 'SELECT * FROM __THIS__ WHERE total < 0'}\n"
                "materialization:\n  type: postgresql\n  table: a.b\n  mode: upsert_by_key\n"
                "  unique_keys: [order_id]\n",
            ),
            "daily": transform(
                "daily",
                "SELECT status, sum(total) AS revenue FROM transform.clean GROUP BY status",
                "transform.clean",
            ),
            "unread": transform(
                "unread", "SELECT FROM WHERE", "transform.clean", more="params: {target: total}\n"
            ),
            "export": "kind: exposure\nname: export\ntype: file\nparams:\n  path: exports/daily\n"
            "  format: parquet\n  partition_by: [status]\ninputs:\n  - ref: transform.daily\n",
        }
    )

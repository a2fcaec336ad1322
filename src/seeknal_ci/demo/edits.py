"""The three edits of the demo, as a newcomer would make them by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Edit:
    """Text of one file replaced by other text; `says` is what it does, in a few words."""

    path: str
    before: str
    after: str
    says: str

    def make(self, folder: Path) -> None:
        """Change the file below `folder`. The text must be there."""
        path = folder / self.path
        text = path.read_text(encoding="utf-8")
        assert self.before in text, f"{self.path} is the demo's own and has the text"
        path.write_text(text.replace(self.before, self.after), encoding="utf-8")


ADD_DISCOUNT = Edit(
    path="seeknal/04_transform_clean_orders.yml",
    before="    END as validation_status\n",
    after=(
        "    END as validation_status,\n"
        "    CASE\n"
        "      WHEN quantity >= 3 THEN 0.10\n"
        "      WHEN quantity >= 2 THEN 0.05\n"
        "      ELSE 0.00\n"
        "    END as discount_pct\n"
    ),
    says="add the column discount_pct to clean_orders",
)

RENAME_CUSTOMER_ID = Edit(
    path="seeknal/01_source_orders.yml",
    before="  - name: customer_id\n",
    after="  - name: cust_id\n",
    says="rename customer_id to cust_id in the schema of the source",
)

EDIT_DESCRIPTION = Edit(
    path="seeknal/06_transform_inventory_status.yml",
    before="description: A stock label and the margin over the reorder level, by product\n",
    after="description: Stock label and margin over the reorder level, one row a product\n",
    says="edit a description",
)

"""What a project holds true of a node's rows."""

from __future__ import annotations

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.model.spec import Audit


def audits_of(shape: NodeShape, fields: Fields) -> tuple[Audit, ...]:
    """What the project holds true of the node's rows."""
    return tuple(
        Audit(
            type=item.type,
            place=fields.place("audits", index),
            warns=item.severity == "warn",
            columns=tuple(
                fields.located(name, "audits", index, "columns", number)
                for number, name in enumerate(item.columns)
            ),
            values=tuple(item.values),
            minimum=item.min,
            maximum=item.max,
            sql=None if item.sql is None else fields.sql(item.sql, "audits", index, "sql"),
        )
        for index, item in enumerate(shape.audits)
    )

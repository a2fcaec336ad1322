"""Databases that sources name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seeknal_ci.model.spec import SourceSpec

SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Connections:
    """URLs of databases by the names that sources have for them, and the warehouse's own."""

    warehouse: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    def url_of(self, source: SourceSpec) -> str | None:
        """The database of a source; the warehouse's where it names none. None if not known."""
        name = source.params.get("connection")
        if name is None:
            return self.warehouse if self.warehouse.startswith(SCHEMES) else None
        if isinstance(name, str) and name.startswith(SCHEMES):
            return name
        return self.named.get(str(name))

"""SQL that cannot be read, or that reads what it must not."""

from __future__ import annotations

from seeknal_ci.model.place import Place


class SqlError(ValueError):
    """What is wrong with a query, where, and how to repair it; `code` names the kind of problem."""

    def __init__(self, code: str, message: str, *, fix: str, place: Place) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.place = place

"""The errors a user can do something about: what is wrong, where, and how to fix it."""

from __future__ import annotations


class SeeknalCiError(Exception):
    """One problem in three sentences; the program ends with `exit_code`."""

    exit_code = 1

    def __init__(self, what: str, *, fix: str, where: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        place = f"\n  at {self.where}" if self.where else ""
        return f"error: {self.what}{place}\n  fix: {self.fix}"


class GateError(SeeknalCiError):
    """A gate said no: nothing is broken, but the change is not allowed through as it stands."""

    exit_code = 3


class WarehouseError(SeeknalCiError):
    """The warehouse refused a statement.

    `error_class` is the engine's own name for it, and `retriable` says whether the same
    statement may succeed when sent again.
    """

    def __init__(
        self,
        what: str,
        *,
        fix: str,
        error_class: str,
        retriable: bool = False,
        where: str | None = None,
    ) -> None:
        super().__init__(what, fix=fix, where=where)
        self.error_class = error_class
        self.retriable = retriable

"""What `env gc` drops, and what it leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.model.environment import Build, Environment


class Reason(StrEnum):
    """Why something goes."""

    EXPIRED = "expired"
    BRANCH_GONE = "branch_gone"
    UNUSED = "unused"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class StoredTable:
    """What has a name in the builds' schema; `build` where it is registered.

    `bytes` are those on disk, None where the engine does not know. `readers` are the views, of
    any schema, that are made of it, as (schema, view), sorted. `is_table` is False for a view
    and the like.
    """

    name: str
    bytes: int | None
    build: Build | None = None
    readers: tuple[tuple[str, str], ...] = ()
    is_table: bool = True


@dataclass(frozen=True, slots=True)
class DroppedEnvironment:
    """An environment that goes, or would."""

    environment: Environment
    reason: Reason


@dataclass(frozen=True, slots=True)
class DroppedTable:
    """A table that goes, or would."""

    table: StoredTable
    reason: Reason


@dataclass(frozen=True, slots=True)
class Left:
    """Something that stays although it might have gone: what, and why, in words.

    `failed` is true where it should have gone, and could not.
    """

    name: str
    why: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Cleanup:
    """One clean-up; with `dry_run`, what one would do now."""

    environments: tuple[DroppedEnvironment, ...] = ()
    tables: tuple[DroppedTable, ...] = ()
    left: tuple[Left, ...] = ()
    dry_run: bool = False

    @property
    def bytes(self) -> int:
        """How much disk the tables take, as far as it is known."""
        return sum(dropped.table.bytes or 0 for dropped in self.tables)

    @property
    def failed(self) -> bool:
        """Whether something that should have gone could not."""
        return any(left.failed for left in self.left)

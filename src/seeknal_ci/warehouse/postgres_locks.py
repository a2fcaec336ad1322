"""Advisory locks: who changes an environment, who makes a build, who moves pointers.

They belong to sessions or transactions of this process, so that PostgreSQL frees them when it
dies. PostgreSQL knows them by numbers: 64 bits of a hash of what is locked.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.postgres_database import Database
from seeknal_ci.warehouse.postgres_errors import LOCK_NOT_AVAILABLE
from seeknal_ci.warehouse.postgres_session import Session

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5

# Of whoever has the lock: pid, program and user.
_HOLDERS = """
SELECT a.pid, a.application_name, a.usename
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
JOIN pg_catalog.pg_database AS d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND d.datname = current_database()
AND l.classid::bigint = %s AND l.objid::bigint = %s
ORDER BY a.pid
"""


@dataclass(frozen=True, slots=True)
class Lock:
    """Something that one session at a time may have: `shown` is what it is to people."""

    shown: str
    key: int


def environment_lock(name: str) -> Lock:
    """Held while an environment is applied, promoted or deleted."""
    return Lock(f"environment `{name}`", _key("environment", name))


def build_lock(build_id: str, node: str) -> Lock:
    """Held while a build is made."""
    return Lock(f"the build of {node}", _key("build", build_id))


def _key(kind: str, name: str) -> int:
    digest = hashlib.sha256(f"seeknal-ci {kind} {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


# Held together by all who hold an environment, and alone by who drops builds.
WORK = Lock("the set of builds", _key("work", ""))
POINTERS = Lock("the record of environments", _key("pointers", ""))
REGISTRY = Lock("the registry", _key("registry", ""))


class Locks:
    """The locks of a database, and how many seconds they are waited for."""

    def __init__(
        self, database: Database, *, lock_timeout: float, on_wait: Callable[[str], None]
    ) -> None:
        self._database = database
        self._timeout = lock_timeout
        self._on_wait = on_wait
        self._held: dict[int, int] = {}

    @contextmanager
    def held(self, lock: Lock, *, beside: Lock | None = None, wait: bool = True) -> Iterator[None]:
        """Hold a lock for the whole block, on a session of its own; and `beside` it another one,
        which everybody may have who has it so.
        """
        limit = self._timeout if wait else 0
        with self._database.guarded():
            session = self._database.connect()
        try:
            with self._database.guarded():
                self._get(session, lock, "pg_try_advisory_lock", limit)
                if beside is not None:
                    self._get(session, beside, "pg_try_advisory_lock_shared", limit)
                self._let_the_dead_finish(session)
            self._held[lock.key] = session.info.backend_pid
            yield
        finally:
            self._held.pop(lock.key, None)
            session.close()

    def _let_the_dead_finish(self, session: Session) -> None:
        """Wait until nobody moves pointers: who died as it did so may be committing still."""
        with session.transaction():
            self._get(session, POINTERS, "pg_try_advisory_xact_lock_shared", self._timeout)

    def take(self, session: Session, lock: Lock, *, patient: bool = False) -> None:
        """Hold a lock until the session's transaction ends; `patient` waits however long."""
        limit = math.inf if patient else self._timeout
        self._get(session, lock, "pg_try_advisory_xact_lock", limit)

    def check(self, session: Session, lock: Lock) -> None:
        """Raise if a lock that `held` got is lost, because the server ended its session."""
        mine = self._held.get(lock.key)
        if mine is not None and mine not in {pid for pid, _, _ in _holders(session, lock)}:
            raise WarehouseError(
                f"the server ended the session that had {lock.shown}",
                fix="run it again: finished builds are reused",
                error_class="57P01",
                retriable=True,
            )

    def is_held(self, lock: Lock) -> bool:
        """Whether any session has a lock now."""
        return bool(_holders(self._database.session(), lock))

    def retry(self, attempt: Callable[[], str | None], whom: Callable[[], str]) -> None:
        """Attempt it until nobody is in the way: the attempt may say who is, and `whom` says it
        where a lock of somebody else is what stops it.
        """
        wait = _Wait(self._database, self._timeout, self._on_wait)
        while True:
            try:
                found = attempt()
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                found = whom()
            if found is None:
                return
            wait.pause(partial(str, found))

    def _get(self, session: Session, lock: Lock, function: str, timeout: float) -> None:
        """Ask again and again: so an interrupt gets through, and no lock is queued for."""
        wait = _Wait(self._database, timeout, self._on_wait)
        sql = f"SELECT pg_catalog.{function}(%s)"
        while session.ours(sql, lock.key).fetchone() != (True,):
            wait.pause(lambda: f"{lock.shown} is held by {_holder(session, lock)}")


class _Wait:
    """One wait: it is told of once, grows patient, and ends with an error."""

    def __init__(self, database: Database, timeout: float, on_wait: Callable[[str], None]) -> None:
        self._database = database
        self._timeout = timeout
        self._on_wait = on_wait
        self._began = time.monotonic()
        self._interrupts = database.interrupts
        self._pause = _FIRST_PAUSE
        self._told = False

    def pause(self, what: Callable[[], str]) -> None:
        """Wait a little; raises when there is no time left, or at an interrupt."""
        left = self._timeout - (time.monotonic() - self._began)
        if left <= 0:
            raise _still_held(what(), self._timeout)
        if not self._told:
            limit = "" if math.isinf(left) else f" up to {self._timeout:g} s"
            self._on_wait(f"{what()}: waiting{limit}")
            self._told = True
        time.sleep(min(self._pause, left))
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        if self._database.interrupts != self._interrupts:
            raise WarehouseError(
                "interrupted while waiting",
                fix="run it again: finished builds are reused",
                error_class="57014",
            )


def _still_held(what: str, timeout: float) -> WarehouseError:
    """The error for what somebody had all the time that was waited."""
    return WarehouseError(
        f"{what}, still after {timeout:g} s",
        fix="let that finish, or wait longer with --lock-timeout SECONDS",
        error_class=LOCK_NOT_AVAILABLE,
        retriable=True,
    )


def session_shown(pid: int, program: str | None, user: str | None) -> str:
    """A session of somebody, in words."""
    return f"{program or 'a program without a name'} (session {pid} of {user or 'the server'})"


def _holders(session: Session, lock: Lock) -> list[tuple[int, str | None, str | None]]:
    high, low = (lock.key >> 32) & 0xFFFFFFFF, lock.key & 0xFFFFFFFF
    rows = session.ours(_HOLDERS, high, low).fetchall()
    return [(int(pid), program, user) for pid, program, user in rows]


def _holder(session: Session, lock: Lock) -> str:
    found = _holders(session, lock)
    return ", ".join(session_shown(*one) for one in found) or "another session"

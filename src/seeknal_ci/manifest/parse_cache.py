"""What files hold, kept by path and blob id: parsing a file is asked for once, and not once a run.

A project has a folder of its own, named by the program's fingerprint and the project's, with up to
sixteen files in it, one for each first digit of a blob id. Whatever is wrong with a file, it counts
as absent and is written anew; a cache that cannot be written is done without.
"""

from __future__ import annotations

import hashlib
import logging
import marshal
import os
import time
from collections import defaultdict
from pathlib import Path
from typing import cast

from seeknal_ci.manifest import cache_files
from seeknal_ci.manifest.collection import no_collection
from seeknal_ci.manifest.fingerprint import fingerprint
from seeknal_ci.manifest.stored import (
    FORMAT,
    UNREADABLE,
    Entry,
    UnknownValueError,
    from_bytes,
    to_bytes,
)

HEADER = b"seeknal-ci parsed 1\n"
DIGEST = 16
FOLDER = "parsed"
DAY = 86_400
KEPT_DAYS = 30
# The day is written anew only when it is so old, or reading would always mean writing.
REFRESHED_DAYS = 7
SHARD_BYTES = 16 << 20

# Blob id and path to the day when it was last needed, and the entry's bytes.
Shard = dict[str, tuple[int, bytes]]

log = logging.getLogger(__name__)


class ParseCache:
    """Entries in memory, and in a folder where one is given. `save` writes what is new."""

    def __init__(self, folder: Path | None = None, now: float | None = None) -> None:
        self._folder = folder
        self._now = time.time() if now is None else now
        self._known: dict[str, Entry] = {}
        self._shards: dict[str, Shard] = {}
        # By shard, the keys that it does not have yet, or not of late, with their paths.
        self._due: dict[str, dict[str, str]] = defaultdict(dict)

    def get(self, path: str, blob: str) -> Entry | None:
        """What a file holds, if that is known."""
        key = f"{blob} {path}"
        found = self._known.get(key)
        if found is None and self._folder is not None:
            found = self._stored(self._folder, key, path)
        return found

    def put(self, path: str, blob: str, entry: Entry) -> None:
        """Remember what a file holds."""
        key = f"{blob} {path}"
        self._known[key] = entry
        self._due[key[:1]][key] = path

    def save(self) -> None:
        """Write what is new beside what is there, other processes' included."""
        if self._folder is None or not self._due:
            return
        try:
            cache_files.make_private(self._folder)
            with no_collection():
                for name, keys in sorted(self._due.items()):
                    shard = {**_read(self._folder / name), **self._written(name, keys)}
                    cache_files.replace(self._folder / name, _to_file(_kept(shard, self._day)))
            self._due.clear()
            cache_files.prune(self._folder.parent, self._now)
        except OSError as error:
            log.debug("the parse cache in %s cannot be written: %s", self._folder, error)
            self._folder = None

    @property
    def _day(self) -> int:
        return int(self._now // DAY)

    def _stored(self, folder: Path, key: str, path: str) -> Entry | None:
        name = key[:1]
        if name not in self._shards:
            self._shards[name] = _read(folder / name)
        found = self._shards[name].get(key)
        if found is None:
            return None
        day, stored = found
        try:
            entry = self._known[key] = from_bytes(stored, path)
        except UnknownValueError as error:
            log.debug("the parse cache has no use for %s: %s", path, error)
            del self._shards[name][key]
            return None
        if abs(self._day - day) >= REFRESHED_DAYS:
            self._due[name][key] = path
        return entry

    def _written(self, name: str, keys: dict[str, str]) -> Shard:
        had = self._shards.get(name, {})
        found: Shard = {}
        for key, path in keys.items():
            try:
                stored = had[key][1] if key in had else to_bytes(self._known[key], path)
            except UnknownValueError as error:
                log.debug("the parse cache does not take %s: %s", path, error)
                continue
            found[key] = (self._day, stored)
        return found


def project_cache(place: Path | None, root: Path, project: str) -> ParseCache:
    """The cache of a project of the repository at `root`; without a place it is in memory alone."""
    if place is None:
        return ParseCache()
    try:
        named = f"{fingerprint()}\0{root}\0{project}"
    except OSError as error:
        log.debug("the parse cache is not used: %s", error)
        return ParseCache()
    name = hashlib.blake2b(os.fsencode(named), digest_size=16).hexdigest()
    return ParseCache(place / FOLDER / name)


def _read(path: Path) -> Shard:
    """The entries of a file; none where it is not there, not ours, or not as it was written."""
    try:
        content = cache_files.read(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.debug("the parse cache cannot be read: %s", error)
        return {}
    start = len(HEADER) + DIGEST
    body = memoryview(content)[start:]
    if content[:start] != HEADER + _digest(body):
        log.debug("the parse cache's file %s is damaged", path)
        return {}
    try:
        shard = marshal.loads(body)  # noqa: S302 (the digest says that this program wrote it)
    except UNREADABLE as error:
        log.debug("the parse cache's file %s is damaged: %s", path, error)
        return {}
    return cast("Shard", shard) if _is_shard(shard) else {}


def _is_shard(found: object) -> bool:
    return isinstance(found, dict) and all(
        type(key) is str
        and type(entry) is tuple
        and len(entry) == 2
        and type(entry[0]) is int
        and type(entry[1]) is bytes
        for key, entry in found.items()
    )


def _to_file(shard: Shard) -> bytes:
    body = marshal.dumps(shard, FORMAT)
    return HEADER + _digest(body) + body


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=DIGEST).digest()


def _kept(shard: Shard, today: int) -> Shard:
    """The entries without those long unused, and the least used where they are too many."""
    kept: Shard = {}
    size = 0
    for key, (day, stored) in sorted(shard.items(), key=lambda item: (-item[1][0], item[0])):
        size += len(key) + len(stored)
        if today - day > KEPT_DAYS or size > SHARD_BYTES:
            break
        kept[key] = (day, stored)
    return kept

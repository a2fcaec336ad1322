"""Manifests as one process after another has them, with what each had to read."""

from __future__ import annotations

from pathlib import Path

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.parse_cache import ParseCache
from seeknal_ci.model.manifest import Manifest
from tests.support.project import Files, MemoryTree

NOW = 1_700_000_000.0


class Watched(MemoryTree):
    """A tree that knows which of its files were read."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.seen: list[str] = []

    def read(self, path: str) -> bytes:
        self.seen.append(path)
        return super().read(path)


def load(files: Files, folder: Path | None, now: float = NOW) -> tuple[Manifest, list[str]]:
    """The manifest as a new process has it, and what it had to read."""
    tree, cache = Watched(files), ParseCache(folder, now)
    manifest = load_manifest(tree, "", cache)
    cache.save()
    return manifest, tree.seen

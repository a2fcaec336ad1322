"""How fast a project's files are loaded: for the first time, and when they were read before.

All is measured in one process, without its imports, in turns and in the processor's time, so that
other programs count for little. The floor reads the same files and composes their YAML in C.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from figure import RUNS, Figure
from projects import write_demo

import seeknal_ci.manifest.parse  # noqa: F401 (what reads files is loaded before the clock starts)
from seeknal_ci.git.repository import Repository
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.parse_cache import project_cache
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.manifest import Manifest

FILES = 10_000


def load(folder: Path) -> Iterator[Figure]:
    """The demo's files, over and over under other names."""
    project, cache = folder / "load", folder / "load-cache"
    write_demo(project, FILES)
    repository = Repository.open(project)
    commit = repository.resolve("HEAD")
    floors, colds, warms = [], [], []
    for _ in range(RUNS):
        shutil.rmtree(cache, ignore_errors=True)
        # Each has a tree of its own, so that none has the blobs of another.
        floors.append(seconds(_read_and_compose, repository.tree_at(commit, "HEAD")))
        colds.append(seconds(_load, repository.tree_at(commit, "HEAD"), cache))
        warms.append(seconds(_load, repository.tree_at(commit, "HEAD"), cache))
    floor, cold, warm = map(statistics.median, (floors, colds, warms))
    yield Figure(f"load, {FILES:,} files, for the first time", cold, floor, 3.0)
    yield Figure(f"load, {FILES:,} files, read before; the floor is the first", warm, cold, 0.2)


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """How long the processor is at it; what comes of it is freed when the clock has stopped."""
    started = time.process_time()
    result = work(*arguments)
    stopped = time.process_time()
    del result
    return stopped - started


def _read_and_compose(files: FileTree) -> None:
    for path in files.blobs:
        if path.endswith(".yml"):
            yaml.compose(files.read(path), Loader=yaml.CSafeLoader)


def _load(files: FileTree, cache: Path) -> Manifest:
    """Load, and write what is new into the cache, as a command does it."""
    parsed = project_cache(cache, Path("/project"), "")
    manifest = load_manifest(files, "", parsed)
    parsed.save()
    assert len(manifest.nodes) == FILES, manifest.problems[:3]
    return manifest

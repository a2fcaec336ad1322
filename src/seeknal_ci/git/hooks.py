"""Where git looks for hooks."""

from __future__ import annotations

from pathlib import Path

import pygit2


def hooks_folder(raw: pygit2.Repository, root: Path) -> Path:
    """What `git rev-parse --git-path hooks` prints, absolute.

    `core.hooksPath` beats the repository's own folder; linked worktrees share the main one's.
    """
    configured = _configured(raw)
    if configured is not None:
        path = Path(configured).expanduser()
        return path if path.is_absolute() else root / path
    folder = Path(raw.path)
    link = folder / "commondir"
    if link.is_file():
        folder = (folder / link.read_text(encoding="utf-8").strip()).resolve()
    return folder / "hooks"


def _configured(raw: pygit2.Repository) -> str | None:
    try:
        return str(raw.config["core.hooksPath"]) or None
    except KeyError:
        return None

"""What promoting the main branch would do, in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from seeknal_ci.git.repository import Repository
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


def sentence(
    repository: Repository,
    settings: Settings,
    existing_warehouse: Callable[[], AbstractContextManager[Warehouse | None]],
) -> str | None:
    """None anywhere but on the main branch, which production follows."""
    branch = repository.current_branch()
    head = repository.head_commit()
    main = repository.main_branch(settings.main_branch)
    if branch is None or head is None or branch != main.removeprefix("origin/"):
        return None
    with existing_warehouse() as warehouse:
        production = None if warehouse is None else warehouse.environment(settings.production)
    if production is None:
        return "seeknal-ci: production is empty; `seeknal-ci promote` makes this commit production"
    if production.commit == head:
        return f"seeknal-ci: production already holds {head[:12]}"
    held = (production.commit or "")[:12]
    return (
        f"seeknal-ci: production holds {held}; `seeknal-ci promote` moves it to {head[:12]} "
        "(`--dry-run` shows what that would do)"
    )

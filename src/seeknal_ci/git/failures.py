"""What libgit2 says when it cannot, in the user's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pygit2

from seeknal_ci.errors import SeeknalCiError

DEEPEN = "set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow`"
REPAIR = "run `git fsck` to see what is damaged; replace a partial clone (`--filter`) by a full one"


class ConflictError(SeeknalCiError):
    """Files with a merge conflict: there is no one content to read."""


class ShallowError(SeeknalCiError):
    """The answer lies in history that a shallow clone does not have. Nothing is guessed."""

    def __init__(self, what: str, *, where: str, instead: str | None = None) -> None:
        fix = f"{instead} Otherwise {DEEPEN}" if instead else DEEPEN
        super().__init__(f"{what}, and this clone is shallow", where=where, fix=fix)


@contextmanager
def reading(where: str) -> Iterator[None]:
    """Turns missing and damaged objects, however libgit2 reports them, into one error."""
    try:
        yield
    except (pygit2.GitError, KeyError, OSError) as error:
        reason = error.args[0] if isinstance(error, KeyError) else error
        what = f"git cannot read this repository: {reason}"
        raise SeeknalCiError(what, where=where, fix=REPAIR) from error


def place_of(raw: pygit2.Repository) -> str:
    """The folder to name in an error about the repository as a whole."""
    return str(Path(raw.workdir or raw.path or "."))


def conflicted(paths: Sequence[str]) -> ConflictError:
    """One error for all unmerged paths, under the name of the first."""
    others = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    return ConflictError(
        f"{paths[0]} has a merge conflict{others}",
        where=paths[0],
        fix="resolve the conflict and `git add` the file",
    )


def not_opened(path: Path, error: Exception) -> SeeknalCiError:
    """Why a repository could not be opened; libgit2 tells the reasons apart by text alone."""
    message = str(error)
    owned = re.search(r"repository path '(.*)' is not owned by current user", message)
    if owned:
        return SeeknalCiError(
            "this repository belongs to another user, so git does not trust it",
            where=str(path),
            fix=f"run `git config --global --add safe.directory {owned[1].rstrip('/')}`",
        )
    if "not found" in message.lower():
        return SeeknalCiError(
            "there is no git repository here",
            where=str(path),
            fix="run this inside a repository, or make one with `git init`",
        )
    return SeeknalCiError(
        f"git cannot open this repository: {message}",
        where=str(path),
        fix="run `git status` there, and repair what it complains about",
    )

"""Which environment a command means."""

from __future__ import annotations

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository


def environment_name(repository: Repository, given: str | None) -> str:
    """The name given, else the current branch's. Raises SeeknalCiError where there is neither."""
    if given is not None:
        if not given.strip() or any(ord(character) < 32 for character in given):
            raise SeeknalCiError(
                f"{given!r} names no environment", fix="choose a name such as dev or pr_42"
            )
        return given
    branch = repository.current_branch()
    if branch is None:
        raise SeeknalCiError(
            "no branch is checked out, so there is no environment to go by",
            fix="name one, as in `seeknal-ci plan dev`",
        )
    return branch


def refuse_production(name: str, production: str) -> None:
    """Raise for production, which only promotion moves."""
    if name == production:
        raise SeeknalCiError(
            f"{name} is production, and only promotion moves it",
            fix="apply to another environment, then run `seeknal-ci promote`; with --refresh, "
            "production's sources are loaded anew",
        )

"""`seeknal-ci hook EVENT`: what git's own events ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seeknal_ci.commands.diff import exit_code
from seeknal_ci.commands.outcome import DONE
from seeknal_ci.commands.prepare import Compared, Revisions, compare_versions
from seeknal_ci.git.repository import Repository
from seeknal_ci.settings import Settings

NO_OBJECT = "0" * 40


@dataclass(frozen=True, slots=True)
class HookResult:
    """What to tell, if anything, and how git is to go on."""

    compared: Compared | None = None
    exit_code: int = DONE


def staged(repository: Repository, settings: Settings, fail_on: str) -> HookResult:
    """Before a commit: HEAD against what is staged."""
    return _result(compare_versions(repository, settings, Revisions(staged=True)), fail_on)


def pushed(
    repository: Repository, settings: Settings, fail_on: str, commits: Iterable[str]
) -> HookResult:
    """Before a push: the whole branch, from where it left the main branch."""
    for commit in commits:
        compared = compare_versions(repository, settings, Revisions(head=commit))
        result = _result(compared, fail_on)
        if result.exit_code or result.compared:
            return result
    return HookResult()


def commits_to_push(environ: Mapping[str, str], lines: Iterable[str]) -> tuple[str, ...]:
    """Commits that a push sends: from pre-commit's environment, or from git's standard input.

    A line of git's is `<local ref> <local id> <remote ref> <remote id>`; a deletion sends nothing.
    """
    to_ref = environ.get("PRE_COMMIT_TO_REF")
    if to_ref:
        return (to_ref,)
    fields = [line.split() for line in lines]
    return tuple(f[1] for f in fields if len(f) == 4 and f[1] != NO_OBJECT) or ("HEAD",)


def _result(compared: Compared, fail_on: str) -> HookResult:
    report = compared.report
    if not (report.changes or report.errors):
        return HookResult()
    return HookResult(compared, exit_code=exit_code(report, fail_on))

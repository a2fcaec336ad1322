"""Which version a promotion is of."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from seeknal_ci.commands.prepare import analysed, ids_of
from seeknal_ci.commands.source_versions import source_versions
from seeknal_ci.errors import GateError, SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.environment import Environment
from seeknal_ci.model.files import FileTree
from seeknal_ci.plan import plan_digest
from seeknal_ci.promote.gates import check_clean
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


class Wish(Protocol):
    """What the command line says about the target."""

    @property
    def environment(self) -> str | None:
        """The environment to promote, or None for HEAD."""

    @property
    def allow_dirty(self) -> bool:
        """Whether changes that are not committed may be promoted."""

    @property
    def refresh(self) -> bool:
        """Whether production stays at its commit, and only sources are loaded anew."""

    @property
    def is_main(self) -> bool:
        """Whether somebody who knows says that HEAD is the main branch, as GitHub's event does."""


@dataclass(frozen=True, slots=True)
class Target:
    """A version of the project: its files, and the commit that they are, or build on."""

    files: FileTree
    commit: str
    dirty: bool = False


def find_target(
    repository: Repository,
    settings: Settings,
    wish: Wish,
    warehouse: Warehouse,
    production: Environment | None,
) -> Target:
    """HEAD of the main branch, or what an environment was built from; for a refresh, what
    production holds.

    An environment built from changes that were committed since is that commit.
    """
    if wish.refresh:
        return _held(repository, settings, production)
    if wish.environment is None:
        return _head(repository, settings, wish)
    environment = _environment(warehouse, settings, wish.environment)
    if not environment.dirty and environment.commit is not None:
        files = repository.tree_at(environment.commit, environment.name, prefix=settings.project)
        return Target(files, environment.commit)
    head = repository.head_commit()
    if head is None:
        raise GateError(
            f"{environment.name} was built before the first commit",
            fix="commit, and promote again",
        )
    committed = repository.tree_at(head, "HEAD", prefix=settings.project)
    holders = (environment, production)
    if _digest(committed, settings, warehouse, holders) == environment.digest:
        return Target(committed, head)
    check_clean(True, wish.allow_dirty, environment.name)
    files = repository.worktree(prefix=settings.project)
    if _digest(files, settings, warehouse, holders) != environment.digest:
        raise GateError(
            f"the working tree is no longer what {environment.name} was built from",
            fix=f"run `seeknal-ci apply {environment.name}`, look at it, and promote again",
        )
    return Target(files, head, dirty=True)


def _held(repository: Repository, settings: Settings, production: Environment | None) -> Target:
    """The commit of production itself, for sources that have changed."""
    if production is None or production.commit is None:
        raise SeeknalCiError(
            f"{settings.production} holds nothing that could be refreshed",
            fix="promote first: seeknal-ci promote",
        )
    if production.dirty:
        raise SeeknalCiError(
            f"{settings.production} was promoted with changes that were not committed, and cannot "
            "be built again",
            fix="commit them and promote that: then it can be refreshed",
        )
    files = repository.tree_at(production.commit, production.name, prefix=settings.project)
    return Target(files, production.commit)


def _head(repository: Repository, settings: Settings, wish: Wish) -> Target:
    head = repository.head_commit()
    if head is None:
        raise SeeknalCiError("there is no commit to promote yet", fix="commit the project first")
    if not wish.is_main:
        _require_main(repository, settings, head)
    return Target(repository.tree_at(head, "HEAD", prefix=settings.project), head)


def _require_main(repository: Repository, settings: Settings, head: str) -> None:
    """Production follows the main branch: what was not merged is not promoted by mistake."""
    main = repository.main_branch(settings.main_branch)
    branch = repository.current_branch()
    if branch is None:
        merged = repository.is_ancestor(head, repository.resolve(main))
    else:
        merged = branch == main.removeprefix("origin/")
    if not merged:
        raise SeeknalCiError(
            f"{branch or head[:12]} is checked out, and production follows {main}",
            fix=f"check out {main}, or name an environment: `seeknal-ci promote dev`",
        )


def _environment(warehouse: Warehouse, settings: Settings, name: str) -> Environment:
    if name == settings.production:
        raise SeeknalCiError(
            f"{name} is production itself", fix="name the environment that is to become it"
        )
    environment = warehouse.environment(name)
    if environment is None:
        names = [e.name for e in warehouse.environments() if e.name != settings.production]
        close = get_close_matches(name, names, n=1)
        fix = f"did you mean {close[0]}?" if close else f"run `seeknal-ci apply {name}` first"
        raise SeeknalCiError(f"there is no environment {name}", fix=fix)
    return environment


def _digest(
    files: FileTree,
    settings: Settings,
    warehouse: Warehouse,
    holders: tuple[Environment, Environment | None],
) -> str:
    """What the files would make of the rows that the environment was built from."""
    analysis = analysed(files, settings)
    versions = source_versions(warehouse, analysis.manifest, settings, holders)
    _, production = holders
    return plan_digest(ids_of(analysis, files, settings, warehouse.engine, production, versions))

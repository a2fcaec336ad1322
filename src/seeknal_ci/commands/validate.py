"""`seeknal-ci validate`: everything that is wrong with one version of the project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seeknal_ci.commands.outcome import DONE, FIXABLE
from seeknal_ci.commands.prepare import analysed, require_pipeline
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.validate import query_problems, unknown_columns
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.problem import Problem, Severity, in_order
from seeknal_ci.settings import Settings


@dataclass(frozen=True, slots=True)
class Validated:
    """How many nodes were looked at, and what is wrong with them."""

    nodes: int
    problems: tuple[Problem, ...]

    def exit_code(self, *, strict: bool) -> int:
        """1 if there are errors; with `strict`, if there is anything."""
        failed = any(strict or p.severity is Severity.ERROR for p in self.problems)
        return FIXABLE if failed else DONE


def validate(
    repository: Repository,
    settings: Settings,
    *,
    ref: str | None = None,
    staged: bool = False,
    paths: Iterable[str] = (),
) -> Validated:
    """All problems; with `paths`, those of the nodes in them and of the nodes next to these."""
    files = _version(repository, settings, ref, staged)
    require_pipeline(settings, files)
    analysis = analysed(files, settings)
    problems = all_problems(analysis)
    wanted = frozenset(paths)
    for path in sorted(wanted - files.blobs.keys()):
        # A file elsewhere in the repository, as pre-commit hands them over, is none of ours.
        if not (settings.root / path).exists():
            raise SeeknalCiError(f"there is no file {path}", fix="correct the path")
    if wanted:
        problems = _around(problems, wanted, analysis)
    return Validated(len(analysis.manifest.nodes), problems)


def all_problems(analysis: Analysis) -> tuple[Problem, ...]:
    """What is wrong with the files, the graph and every query; sorted by place."""
    return in_order(
        {
            *analysis.manifest.problems,
            *query_problems(analysis, analysis.manifest.nodes),
            *unknown_columns(analysis),
        }
    )


def _version(repository: Repository, settings: Settings, ref: str | None, staged: bool) -> FileTree:
    if ref is not None:
        return repository.tree_at(repository.resolve(ref), ref, prefix=settings.project)
    if staged:
        return repository.index_tree(prefix=settings.project)
    return repository.worktree(prefix=settings.project)


def _around(
    problems: Iterable[Problem], paths: frozenset[str], analysis: Analysis
) -> tuple[Problem, ...]:
    manifest = analysis.manifest
    inside = {node.id for node in manifest.nodes.values() if node.place.path in paths}
    near = set(inside)
    for node_id in inside:
        near.update(manifest.upstream[node_id], manifest.downstream[node_id])
    return tuple(p for p in problems if p.place.path in paths or p.node in near)

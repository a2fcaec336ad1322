"""`seeknal-ci validate`: everything that is wrong with one version of the project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seeknal_ci.commands.outcome import DONE, FIXABLE
from seeknal_ci.commands.prepare import analysed, require_pipeline
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.declared import declared_in_vain
from seeknal_ci.manifest.loader import SHARED, project_folder
from seeknal_ci.manifest.naming_rules import NAMING, naming_problems
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
        """1 if there are errors, or names that were asked about; with `strict`, if there is
        anything.
        """
        failed = any(
            strict or p.severity is Severity.ERROR or p.code in NAMING for p in self.problems
        )
        return FIXABLE if failed else DONE


def validate(
    repository: Repository,
    settings: Settings,
    *,
    ref: str | None = None,
    staged: bool = False,
    paths: Iterable[str] = (),
    naming: bool = False,
) -> Validated:
    """All problems; with `paths`, those of the nodes in them and of the nodes next to these; with
    `naming`, also names that are better others.
    """
    files = version_of(repository, settings, ref, staged)
    require_pipeline(settings, files)
    analysis = analysed(files, settings)
    problems = all_problems(analysis)
    if naming:
        problems = in_order({*problems, *naming_problems(analysis)})
    wanted = frozenset(found for path in paths for found in _files_at(path, files))
    for path in sorted(wanted - files.blobs.keys()):
        # A file elsewhere in the repository, as pre-commit hands them over, is none of ours.
        if not (settings.root / path).exists():
            raise SeeknalCiError(f"there is no file {path}", fix="correct the path")
    # What nodes share may be wrong with any of them, most of all what is no longer there.
    shared = f"{project_folder(settings.project)}{SHARED}/"
    if wanted and not any(path.startswith(shared) for path in wanted):
        problems = _around(problems, wanted, analysis)
    return Validated(len(analysis.manifest.nodes), problems)


def all_problems(analysis: Analysis) -> tuple[Problem, ...]:
    """What is wrong with the files, the graph and every query; sorted by place."""
    return in_order(
        {
            *analysis.manifest.problems,
            *query_problems(analysis, analysis.manifest.nodes),
            *unknown_columns(analysis),
            *declared_in_vain(analysis),
        }
    )


def version_of(
    repository: Repository, settings: Settings, ref: str | None, staged: bool
) -> FileTree:
    """The files at a ref, in the index, or in the working tree."""
    if ref is not None:
        return repository.tree_at(repository.resolve(ref), ref, prefix=settings.project)
    if staged:
        return repository.index_tree(prefix=settings.project)
    return repository.worktree(prefix=settings.project)


def _files_at(path: str, files: FileTree) -> tuple[str, ...]:
    """A file, or every file below a folder."""
    inside = "" if path == "." else f"{path}/"
    return tuple(found for found in files.blobs if found.startswith(inside)) or (path,)


def _around(
    problems: Iterable[Problem], paths: frozenset[str], analysis: Analysis
) -> tuple[Problem, ...]:
    manifest = analysis.manifest
    inside = {node.id for node in manifest.nodes.values() if node.place.path in paths}
    near = set(inside)
    for node_id in inside:
        near.update(manifest.upstream[node_id], manifest.downstream[node_id])
    return tuple(p for p in problems if p.place.path in paths or p.node in near)

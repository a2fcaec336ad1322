"""What most commands begin with: two versions of the project, compared and classified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seeknal_ci.classify.classify import classify
from seeknal_ci.commands.file_columns import FileColumns
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.comparison import Comparison, compare
from seeknal_ci.git.repository import Repository
from seeknal_ci.manifest.analysis import Analysis, Shared
from seeknal_ci.manifest.loader import load_manifest, project_folder
from seeknal_ci.manifest.parse_cache import ParseCache, project_cache
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.report import Report
from seeknal_ci.settings import Settings

if TYPE_CHECKING:
    from seeknal_ci.model.environment import Environment


@dataclass(frozen=True, slots=True)
class Revisions:
    """Which versions to compare, as the command line says it."""

    revisions: str | None = None
    base: str | None = None
    head: str | None = None
    staged: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """Both versions, and the verdict. Commits are None where there is none yet.

    `head_commit` is HEAD where head is the index or the working tree.
    """

    base: Analysis
    head: Analysis
    base_files: FileTree
    head_files: FileTree
    base_commit: str | None
    head_commit: str | None
    report: Report


def compare_versions(repository: Repository, settings: Settings, revisions: Revisions) -> Compared:
    """Read both versions from git and classify the changes between them."""
    comparison = compare(
        repository,
        revisions=revisions.revisions,
        base=revisions.base,
        head=revisions.head,
        staged=revisions.staged,
        main_branch=settings.main_branch,
        prefix=settings.project,
    )
    return classified(comparison, settings)


def classified(comparison: Comparison, settings: Settings) -> Compared:
    """The verdict on two versions that are already at hand.

    Raises SeeknalCiError where neither has a pipeline: nothing to compare is not "no change".
    """
    require_pipeline(settings, comparison.base, comparison.head)
    parsed = project_cache(settings.cache, settings.root, settings.project)
    shared: Shared = {}
    base = analysed(comparison.base, settings, parsed, shared)
    head = analysed(comparison.head, settings, parsed, shared)
    sides = (
        replace(comparison.base.side, commit=comparison.base_commit),
        comparison.head.side,
    )
    report = classify(base, head, sides, settings.severities)
    return Compared(
        base=base,
        head=head,
        base_files=comparison.base,
        head_files=comparison.head,
        base_commit=comparison.base_commit,
        head_commit=comparison.head_commit,
        report=report,
    )


def require_pipeline(settings: Settings, *versions: FileTree) -> None:
    """Raise unless one of the versions has a file in the pipeline's folder."""
    folder = project_folder(settings.project)
    if not any(path.startswith(folder) for files in versions for path in files.blobs):
        raise SeeknalCiError(
            f"there is no pipeline here: no file in {folder}",
            where=str(settings.folder),
            fix="run this in the folder that holds `seeknal/`, or name it with --project",
        )


def analysed(
    files: FileTree,
    settings: Settings,
    parsed: ParseCache | None = None,
    shared: Shared | None = None,
) -> Analysis:
    """One version of the project, to be asked about its columns."""
    if parsed is None:
        parsed = project_cache(settings.cache, settings.root, settings.project)
    manifest = load_manifest(files, settings.project, parsed)
    parsed.save()
    return Analysis(manifest, settings.dialect, FileColumns(files, settings), shared)


def ids_of(
    analysis: Analysis,
    files: FileTree,
    settings: Settings,
    engine: str,
    production: Environment | None,
    versions: Mapping[str, str | None] | None = None,
) -> dict[str, str | None]:
    """Build ids of a version, with the data that is on disk where git does not track it.

    `versions` are those of the sources in databases that can be loaded; without it they are as
    they were loaded first.
    """
    # To compare two versions, nothing of what builds them is needed.
    from seeknal_ci.apply.data import local_versions, remote_versions
    from seeknal_ci.apply.remote import is_reachable, is_remote
    from seeknal_ci.build_id import build_ids

    root, project, values = settings.root, settings.project, settings.values
    local = local_versions(analysis.manifest, files, root, project, values)
    last = production.build_ids if production else {}
    remote = [node for node in analysis.manifest.nodes.values() if is_remote(node)]
    if versions is None:
        versions = {
            node.id: None for node in remote if is_reachable(node, settings.databases, values)
        }
    absent = {node.id for node in remote}.difference(versions)
    return build_ids(analysis, engine, local | remote_versions(versions), last, values, absent)

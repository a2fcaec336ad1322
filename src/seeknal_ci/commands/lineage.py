"""`seeknal-ci lineage`: where columns come from, and who reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seeknal_ci.commands.outcome import DONE, FIXABLE
from seeknal_ci.commands.prepare import analysed, require_pipeline
from seeknal_ci.commands.validate import version_of
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.lineage.target import find_target
from seeknal_ci.lineage.walk import column_at, downstream_of, node_at, upstream_of
from seeknal_ci.manifest.lineage import Lineages
from seeknal_ci.model.lineage import ColumnId, Lineage
from seeknal_ci.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose lineage, in which version, and how much of it; a depth of None is all."""

    name: str
    ref: str | None = None
    staged: bool = False
    upstream: bool = True
    downstream: bool = True
    depth: int | None = None


def lineage(repository: Repository, settings: Settings, wanted: Wanted) -> Lineage:
    """The lineage of a node or column, with the errors of files that may hide some of it."""
    files = version_of(repository, settings, wanted.ref, wanted.staged)
    require_pipeline(settings, files)
    analysis = analysed(files, settings)
    manifest, lineages = analysis.manifest, Lineages(analysis)
    try:
        node, column = find_target(manifest, lineages, wanted.name)
    except SeeknalCiError as error:
        if not manifest.errors:
            raise
        fix = f"{error.fix} Files with errors are left out: run `seeknal-ci validate`"
        raise SeeknalCiError(error.what, where=error.where, fix=fix) from error
    found = Lineage(
        side=files.side,
        target=node_at(manifest, lineages, node, 0),
        column=None if column is None else column_at(lineages, ColumnId(node, column), 0),
        depth=wanted.depth,
        errors=manifest.errors,
    )
    if wanted.upstream:
        up = upstream_of(manifest, lineages, node, column, wanted.depth)
        found = replace(found, upstream=up)
    if wanted.downstream:
        down = downstream_of(manifest, lineages, node, column, wanted.depth)
        found = replace(found, downstream=down)
    return found


def exit_code(found: Lineage) -> int:
    """1 if files could not be read, because then there may be more; else 0."""
    return FIXABLE if found.errors else DONE

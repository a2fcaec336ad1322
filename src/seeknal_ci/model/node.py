"""One pipeline object, as one version of the project defines it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Audit, Json, Located, Mark, Spec

# Fields that say something about a node and never change its rows or columns.
METADATA_FIELDS = frozenset(
    {
        "audits",
        "description",
        "freshness",
        "owner",
        "pipeline_type",
        "retry",
        "schedule",
        "tags",
        "timeliness",
        "timeout",
    }
)


@dataclass(frozen=True, slots=True)
class Input:
    """An edge: the node id that is read, and where the project says so.

    `aliases` are the names that the old form of `inputs:`, a mapping, gives it.
    """

    ref: str
    place: Place
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file of a source that git tracks, with the id of its content."""

    path: str
    blob_id: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that takes a rule's findings about a node for known, with the reason."""

    rule: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Node:
    """A pipeline object. `definition` is its YAML as plain JSON, `spec` the same, typed."""

    kind: str
    name: str
    place: Place
    spec: Spec
    inputs: tuple[Input, ...] = ()
    definition: Mapping[str, Json] = field(default_factory=dict)
    # Dotted path of a field (`schema.1.name`) to its line and column.
    marks: Mapping[str, Mark] = field(default_factory=dict)
    data: tuple[DataFile, ...] = ()
    audits: tuple[Audit, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    # True where the file may hold templates; `symbols` are those that are left for a run.
    templated: bool = False
    symbols: tuple[Located, ...] = ()

    @property
    def id(self) -> str:
        """`kind.name`, never from the path."""
        return f"{self.kind}.{self.name}"

    @property
    def owner(self) -> str | None:
        """Who answers for the node, where the project says so."""
        owner = self.definition.get("owner")
        return None if owner is None else str(owner)

    @property
    def active(self) -> bool:
        """False where the project has switched the node off."""
        return self.definition.get("active", True) is not False

    def place_of(self, *keys: str | int) -> Place:
        """The place of a field, or of the nearest field around it that has one."""
        path = [str(key) for key in keys]
        while path:
            mark = self.marks.get(".".join(path))
            if mark is not None:
                return Place(self.place.path, *mark)
            path.pop()
        return self.place

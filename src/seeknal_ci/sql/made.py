"""What values are made of, and what queries put out: plain values of the walk over a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from seeknal_ci.model.lineage import ColumnId, Origin, Passed, Role, Step, Use
from seeknal_ci.model.spec import Column


@dataclass(frozen=True, slots=True)
class Made:
    """What a value is made of; `unknown` has the reasons why that may not be all of it."""

    origins: frozenset[Origin] = frozenset()
    steps: tuple[Step, ...] = ()
    unknown: frozenset[str] = frozenset()

    def __or__(self, other: Made) -> Made:
        return Made(
            self.origins | other.origins,
            tuple(dict.fromkeys((*self.steps, *other.steps))),
            self.unknown | other.unknown,
        )

    def used_as(self, role: Role) -> Made:
        """The same, where the value itself is used in a role."""
        if role is Role.VALUE:
            return self
        return Made(frozenset(Origin(o.column, role) for o in self.origins), (), self.unknown)

    @property
    def columns(self) -> tuple[ColumnId, ...]:
        """Every column, whatever its role; sorted."""
        return tuple(sorted({origin.column for origin in self.origins}))


@dataclass(frozen=True, slots=True)
class Outflow:
    """What a query puts out: its outputs in order, in small letters, with the words for each.

    `passed` are inputs of unknown columns that it puts out by `*`.
    """

    outputs: tuple[tuple[str, str, Made], ...] = ()
    uses: tuple[Use, ...] = ()
    passed: tuple[Passed, ...] = ()

    def made(self, name: str) -> Made | None:
        """What the output of a name is made of; of both, where two have it."""
        found = [made for output, _, made in self.outputs if output == name]
        return joined(found) if found else None


@dataclass
class Surroundings:
    """What is known of a query's inputs, and of the queries in it that were looked at so far."""

    nodes: Mapping[str, str]
    known: Mapping[str, tuple[Column, ...]]
    # By the identity of the query's tree.
    flows: dict[int, Outflow] = field(default_factory=dict)


def joined(parts: list[Made]) -> Made:
    """All of several values together."""
    found = Made()
    for part in parts:
        found = found | part
    return found


def renamed(flow: Outflow, names: list[str]) -> Outflow:
    """The outputs under the names that an alias gives to the first of them."""
    outputs = zip_longest(names, flow.outputs)
    renamed = tuple(
        (item[0] if name is None else name.lower(), *item[1:]) for name, item in outputs if item
    )
    return Outflow(renamed, flow.uses, flow.passed)

"""How severe a finding is; a node's category is the highest of its findings."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Category(IntEnum):
    """Ordered so that `max` is the verdict."""

    METADATA = 1
    NON_BREAKING = 2
    BREAKING = 3

    def __str__(self) -> str:
        return self.name


def highest(categories: Iterable[Category]) -> Category:
    """The most severe of `categories`; METADATA when there is none."""
    return max(categories, default=Category.METADATA)

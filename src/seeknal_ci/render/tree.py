"""Trees drawn in text, without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# Deeper than this, a line would begin at the right end of the terminal.
MAX_DEPTH = 20
ABOVE = " (see above)"


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a tree, the lines of detail below it, and the key of what grows from it."""

    key: str
    head: str
    details: tuple[str, ...] = ()


def draw_tree(root: str, branches: Mapping[str, Sequence[Branch]]) -> tuple[list[str], int]:
    """The lines of a tree, root left out, and how many keys lie too deep to be drawn.

    What grows in two places is drawn in the first, and pointed to from the others.
    """
    lines: list[str] = []
    drawn = {root}
    stack = list(_pushed(branches.get(root, ()), "", 0))
    while stack:
        branch, prefix, last, depth = stack.pop()
        again = branch.key in drawn
        drawn.add(branch.key)
        grown = () if again or depth >= MAX_DEPTH else branches.get(branch.key, ())
        lines.append(f"{prefix}{'└─' if last else '├─'} {branch.head}")
        lines[-1] += ABOVE if again and branches.get(branch.key) else ""
        inner = prefix + ("   " if last else "│  ")
        lines += [f"{inner}{'│' if grown else ' '} {detail}" for detail in branch.details]
        stack += _pushed(grown, inner, depth + 1)
    return lines, len(_keys(root, branches) - drawn)


def _pushed(
    branches: Sequence[Branch], prefix: str, depth: int
) -> Iterator[tuple[Branch, str, bool, int]]:
    """Branches as a stack takes them, so that the first comes off first."""
    for branch in reversed(branches):
        yield branch, prefix, branch is branches[-1], depth


def _keys(root: str, branches: Mapping[str, Sequence[Branch]]) -> set[str]:
    return {root, *branches, *(branch.key for grown in branches.values() for branch in grown)}

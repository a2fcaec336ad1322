"""BREAKING changes that somebody accepted, and those that nobody did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from seeknal_ci.model.category import Category
from seeknal_ci.model.environment import Acknowledgement
from seeknal_ci.model.report import Report

TRAILER = re.compile(r"^breaking-change:\s*(\S+)\s*(.*)$", re.IGNORECASE)
EVERY_NODE = "*"


def in_message(message: str, author: str, commit: str) -> Iterator[Acknowledgement]:
    """Acknowledgements in a commit's trailers: `Breaking-Change: transform.x the reason`.

    Trailers are the last paragraph, as git reads them (git-interpret-trailers).
    """
    paragraphs = re.split(r"\n\s*\n", message.strip())
    for line in paragraphs[-1].splitlines() if len(paragraphs) > 1 else []:
        match = TRAILER.match(line.strip())
        if match:
            yield Acknowledgement(match[1], author, f"commit {commit[:12]}", match[2].strip())


def by_flag(nodes: Iterable[str], actor: str) -> Iterator[Acknowledgement]:
    """Acknowledgements given on the command line."""
    for node in nodes:
        yield Acknowledgement(node, actor, "--allow-breaking", "")


def unacknowledged(report: Report, given: Iterable[Acknowledgement]) -> tuple[str, ...]:
    """Changed nodes whose change is BREAKING and that no acknowledgement covers, sorted."""
    accepted = {item.node for item in given}
    if EVERY_NODE in accepted:
        return ()
    breaking = {c.change.node.id for c in report.changes if c.category is Category.BREAKING}
    return tuple(sorted(breaking - accepted))


def used(report: Report, given: Iterable[Acknowledgement]) -> tuple[Acknowledgement, ...]:
    """Those acknowledgements that a BREAKING change of the report needed."""
    breaking = {c.change.node.id for c in report.changes if c.category is Category.BREAKING}
    return tuple(
        item for item in given if item.node in breaking or (item.node == EVERY_NODE and breaking)
    )

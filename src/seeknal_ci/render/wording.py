"""Numbers, counts and places in words, the same in every report."""

from __future__ import annotations

from datetime import UTC, datetime

from seeknal_ci.model.environment import Overlap
from seeknal_ci.model.place import Inside, Place


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 node`, `2 nodes`, `1,000 nodes`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Two parts at most: `0.4 s`, `38 s`, `1 min 5 s`, `2 h 3 min`."""
    if seconds < 9.95:
        return f"{seconds:.2f} s" if seconds < 0.095 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def byte_count(count: int) -> str:
    """`0 B`, `512 B`, `1.5 kB`, `38 MB`, in powers of 1,000."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 999.5:
            break
        size, unit = size / 1000, larger
    return f"{size:.1f} {unit}" if size < 9.95 and unit != "B" else f"{size:,.0f} {unit}"


def moment(time: datetime) -> str:
    """To the minute, in UTC."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def change_of(before: int | None, after: int) -> str:
    """A percentage of the old value; what came from nothing is new, what went is now empty."""
    if not before:
        return "new" if before is None or after else "no change"
    if after == 0:
        return "now empty"
    if after == before:
        return "no change"
    percent = 100 * (after - before) / before
    if abs(percent) < 0.05:
        return "less than ±0.1 %"
    return f"{percent:+,.1f} %"


def short(commit: str | None) -> str:
    """A commit as people write it."""
    return "working tree" if commit is None else commit[:7]


def clipped(text: str, length: int) -> str:
    """The beginning of a long text, and a sign that there is more."""
    return text if len(text) <= length else text[: length - 1] + "…"


def overlap_text(overlap: Overlap) -> str:
    """Another environment that changes the same nodes, in a sentence."""
    more = f" and {len(overlap.nodes) - 5} more" if len(overlap.nodes) > 5 else ""
    return f"{overlap.environment} changes {', '.join(overlap.nodes[:5])}{more} as well"


def place_text(place: Place) -> str:
    """A place, and where the text is that a template there stands for."""
    return str(place) if place.inside is None else f"{place}, in {inside_text(place.inside)}"


def inside_text(inside: Inside) -> str:
    """The template, and where its text is."""
    return f"`{inside.template}` from {inside.place}"

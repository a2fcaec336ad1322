"""The parameters that a source's files take, in the spellings of real projects."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from seeknal_ci.manifest.fields import Fields

# A test holds this to what the warehouse's adapters read.
FILE_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "csv": (
        "date_format",
        "delim",
        "delimiter",
        "encoding",
        "escape",
        "header",
        "null",
        "nullstr",
        "quote",
        "sep",
        "skip",
        "timestamp_format",
    ),
    "json": ("date_format", "format", "timestamp_format"),
    "jsonl": ("date_format", "timestamp_format"),
    "parquet": (),
}


def check_parameters(source: str, fields: Fields) -> None:
    """Leave a problem for every parameter that a file of this format does not take."""
    known = FILE_PARAMETERS.get(source)
    params = fields.value.get("params")
    if known is None or not isinstance(params, dict):
        return
    for name in params:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            listed = f"use one of {', '.join(known)}" if known else "remove it"
            fields.problem(
                "unknown-parameter",
                f"a {source} file takes no parameter `{name}`",
                f"did you mean `{close[0]}`?" if close else listed,
                fields.place("params", name),
            )

"""The parameters that a source's files take, in the spellings of real projects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # which loads YAML, and who only asks for the names does not need it
    from seeknal_ci.manifest.fields import Fields

TEMPLATE = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")

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


def check_parameters(source: str, params: Iterable[str], fields: Fields) -> None:
    """Leave a problem for every parameter that a file of this format does not take, and for which
    no template of the source asks.
    """
    known = FILE_PARAMETERS.get(source)
    if known is None:
        return
    asked = _asked(fields)
    for name in params:
        if name not in known and name not in asked:
            close = get_close_matches(name, known, n=1)
            listed = f"use one of {', '.join(known)}" if known else "remove it"
            fields.problem(
                "unknown-parameter",
                f"a {source} file takes no parameter `{name}`",
                f"did you mean `{close[0]}`?" if close else listed,
                fields.place("params", name),
            )


def _asked(fields: Fields) -> set[str]:
    """Names in the templates of a source's table and parameters."""
    params = fields.value.get("params")
    texts = [fields.value.get("table"), *(params.values() if isinstance(params, dict) else ())]
    return {name for text in texts if isinstance(text, str) for name in TEMPLATE.findall(text)}

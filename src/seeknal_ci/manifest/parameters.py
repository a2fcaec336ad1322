"""The parameters that a source's files take, in the spellings of real projects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from seeknal_ci.manifest.misshapen import shown
from seeknal_ci.model.spec import Json

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


# What the values of some of a CSV file's parameters are; of all others, a text.
CSV_VALUES: Mapping[str, str] = {
    "header": "true or false",
    "skip": "a number of lines",
    "null": "a text, or a list of texts",
    "nullstr": "a text, or a list of texts",
}


def check_parameters(source: str, params: Mapping[str, Json], fields: Fields) -> None:
    """Leave a problem for every parameter that a file of this format does not take, and for which
    no template of the source asks; and for values that a CSV file's cannot have.
    """
    known = FILE_PARAMETERS.get(source)
    if known is None:
        return
    asked = _asked(fields)
    for name, value in params.items():
        wanted = CSV_VALUES.get(name, "a text")
        if name in known and source == "csv" and not _is_a(wanted, value):
            fields.problem(
                "invalid-field",
                f"`params.{name}` should be {wanted}, and is {shown(value)}",
                f"write {wanted}",
                fields.place("params", name),
            )
        if name not in known and name not in asked:
            close = get_close_matches(name, known, n=1)
            listed = f"use one of {', '.join(known)}" if known else "remove it"
            fields.problem(
                "unknown-parameter",
                f"a {source} file takes no parameter `{name}`",
                f"did you mean `{close[0]}`?" if close else listed,
                fields.place("params", name),
            )


def _is_a(wanted: str, value: Json) -> bool:
    """True for a value of that form, and for one that a template makes when it is run."""
    if isinstance(value, str) and TEMPLATE.search(value) is not None:
        return True
    if wanted == "true or false":
        return isinstance(value, bool)
    if wanted == "a number of lines":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if isinstance(value, list):
        texts = wanted.endswith("list of texts") and value != []
        return texts and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def _asked(fields: Fields) -> set[str]:
    """Names in the templates of a source's table and parameters."""
    params = fields.value.get("params")
    texts = [fields.value.get("table"), *(params.values() if isinstance(params, dict) else ())]
    return {name for text in texts if isinstance(text, str) for name in TEMPLATE.findall(text)}

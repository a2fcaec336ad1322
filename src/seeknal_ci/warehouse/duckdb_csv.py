"""CSV files: columns are found by the header's names and read with the declared types.

DuckDB's detection is not asked about a file's layout. On rows of unequal length DuckDB 2.0 skips
lines until the rest fits, and it takes no quotes at all where its sample of the file had none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from seeknal_ci.model.spec import Column, Json
from seeknal_ci.warehouse.duckdb_inputs import Input, NoRows, Wanted, invalid, null
from seeknal_ci.warehouse.duckdb_text import Value, arguments, fold, input_path
from seeknal_ci.warehouse.identifiers import quote

# The first that splits the first line best is taken, unless `delimiter` is declared.
_DELIMITERS = (",", ";", "\t", "|")
# A header goes over several lines if a quoted name has line breaks; not over more than these.
_HEADER_LINES = 100
_ARGUMENTS = {
    "delimiter": "delim",
    "delim": "delim",
    "sep": "delim",
    "header": "header",
    "skip": "skip",
    "quote": "quote",
    "escape": "escape",
    "null": "nullstr",
    "nullstr": "nullstr",
    "encoding": "encoding",
    "date_format": "dateformat",
    "timestamp_format": "timestampformat",
}
PARAMS = tuple(sorted(_ARGUMENTS))
_ALWAYS: Mapping[str, Value] = {"hive_partitioning": False, "comment": ""}
_NO_DELIMITER = "\x1f"


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """How files are written; `delim` None means that each file's first line shows it.

    `values` are the texts for NULL, the encoding and the formats of dates, by DuckDB's names.
    """

    delim: str | None
    header: bool
    skip: int
    quote: str
    escape: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose first line is known, and the arguments that read it the same way."""

    path: Path
    names: tuple[str, ...]
    arguments: Mapping[str, Value]

    def everything(self) -> str:
        return f"SELECT * {self._from(self.arguments)}"

    def chosen(self, columns: Sequence[Wanted]) -> str:
        labels = _unique(self.names)
        types: dict[str, Value] = dict.fromkeys(labels, "VARCHAR")
        items = []
        for column in columns:
            if column.position is None:
                items.append(null(column))
                continue
            label = labels[column.position]
            types[label] = column.type
            items.append(f"{quote(label)} AS {quote(column.name)}")
        fixed = {**self.arguments, "auto_detect": False, "columns": types}
        return f"SELECT {', '.join(items)} {self._from(fixed)}"

    def _from(self, options: Mapping[str, Value]) -> str:
        return f"FROM read_csv({input_path(self.path)}{arguments(options)})"


def csv_options(params: Mapping[str, Json], shown: str) -> CsvOptions:
    """A source's params, checked; their names are all in `PARAMS`."""
    given: dict[str, Value] = {}
    for param, value in params.items():
        name = _ARGUMENTS[param]
        accepted = None if name in given else _accepted(name, value)
        if accepted is None:
            problem = "says again what another one says" if name in given else f"is {value!r}"
            raise invalid(
                f"{shown}: the param `{param}` {problem}",
                fix=f"correct or remove `params.{param}`",
                where=shown,
            )
        given[name] = accepted
    delim, quoting = given.pop("delim", None), str(given.pop("quote", '"'))
    return CsvOptions(
        delim=None if delim is None else str(delim).replace("\\t", "\t"),
        header=given.pop("header", True) is True,
        skip=int(str(given.pop("skip", 0))),
        quote=quoting,
        escape=str(given.pop("escape", quoting)),
        values=given,
    )


def _accepted(name: str, value: Json) -> Value | None:
    """The value if the argument takes it, else None."""
    if isinstance(value, bool):
        return value if name == "header" else None
    if isinstance(value, int):
        return value if name == "skip" and value >= 0 else None
    if isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        return texts if name == "nullstr" and len(texts) == len(value) > 0 else None
    if isinstance(value, str) and name not in ("header", "skip"):
        return value if value or name != "delim" else None
    return None


def csv_file(
    cursor: DuckDBPyConnection,
    path: Path,
    shown: str,
    columns: Sequence[Column],
    options: CsvOptions,
) -> Input:
    """A file as its first line shows it; `columns` are the declared ones, if there are any."""
    lines = _first_lines(cursor, path, options)
    blank = next((place for place, line in enumerate(lines) if line), None)
    if blank is None:
        if options.header:
            raise invalid(
                f"{shown} is empty: it has not even a header",
                fix="put the data there, at least its header; or set `params.header: false`",
                where=shown,
            )
        return NoRows(path, shown)
    text = "\n".join(line or "" for line in lines[blank:])
    delim = options.delim or _delimiter(text, columns, options)
    names = first_record(text, delim, options)
    if not options.header:
        declared = [column.name for column in columns][: len(names)]
        names = (*declared, *(f"column{place}" for place in range(len(declared), len(names))))
    layout: dict[str, Value] = {
        "delim": delim,
        "header": options.header,
        "skip": options.skip + blank,
        "quote": options.quote,
        "escape": options.escape,
    }
    return CsvFile(path, names, {**_ALWAYS, **layout, **options.values})


def _first_lines(cursor: DuckDBPyConnection, path: Path, options: CsvOptions) -> list[str | None]:
    """Lines as they are, decoded and decompressed by DuckDB; None where one is blank."""
    raw: dict[str, Value] = {
        **_ALWAYS,
        "auto_detect": False,
        "header": False,
        "skip": options.skip,
        "delim": _NO_DELIMITER,
        "quote": "",
        "escape": "",
        "strict_mode": False,
        "columns": {"line": "VARCHAR"},
    }
    if "encoding" in options.values:
        raw["encoding"] = options.values["encoding"]
    source = f"read_csv({input_path(path)}{arguments(raw)})"
    rows = cursor.execute(f"SELECT line FROM {source} LIMIT {_HEADER_LINES}").fetchall()  # noqa: S608
    return [line for (line,) in rows]


def _delimiter(text: str, columns: Sequence[Column], options: CsvOptions) -> str:
    declared = {fold(column.name) for column in columns}

    def fit(delim: str) -> tuple[int, int]:
        names = first_record(text, delim, options)
        if options.header:
            return sum(fold(name) in declared for name in names), len(names)
        return int(len(names) == len(columns)), len(names)

    return max(_DELIMITERS, key=fit)


def first_record(text: str, delim: str, options: CsvOptions) -> tuple[str, ...]:
    """The fields of the first record, without quotes and the blanks around them."""
    fields, field, quoted, place = [], "", False, 0
    escaped = options.escape + options.quote
    while place < len(text) and (quoted or text[place] != "\n"):
        step = 1
        if quoted and options.escape and text.startswith(escaped, place):
            field, step = field + options.quote, len(escaped)
        elif quoted and text[place] == options.quote:
            quoted = False
        elif not quoted and text.startswith(delim, place):
            fields.append(field.strip())
            field, step = "", len(delim)
        elif not quoted and text[place] == options.quote and not field.strip():
            quoted = True
        else:
            field += text[place]
        place += step
    return (*fields, field.strip())


def _unique(names: Sequence[str]) -> list[str]:
    """The names, changed where DuckDB would take two for the same or one is empty."""
    taken: set[str] = set()
    labels = []
    for place, name in enumerate(names):
        label = name or f"column{place}"
        while fold(label) in taken:
            label = f"{label}_{place}"
        taken.add(fold(label))
        labels.append(label)
    return labels

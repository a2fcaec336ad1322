"""What a profile's outputs are made of, in the words of the project and not of the long query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seeknal_ci.model.features import ProfileSpec
from seeknal_ci.model.lineage import ColumnId, Origin, Output
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.lineage import QueryLineage
from seeknal_ci.sql.profile import profiled_columns


def profile_lineage(
    spec: ProfileSpec, source: str, place: Place, columns: Sequence[Column] | None
) -> QueryLineage:
    """The lineage of a profile; `columns` are the input's, None if they are unknown.

    No column decides its rows: there is one for each metric. Raises SqlError as its query does.
    """
    spelled = {column.name.lower(): column.name for column in columns or ()}
    profiled = profiled_columns(spec, source, place, columns)
    every = [spelled.get(column.name.lower(), column.name) for column in profiled]
    texts = [name for name, column in zip(every, profiled, strict=True) if column.kind == "text"]
    return QueryLineage(
        (
            Output("column_name", "the names of the columns"),
            Output("metric", "the names of the metrics"),
            _made("value", "metrics of", source, every),
            _made("detail", "the most frequent values of", source, texts),
        )
    )


def _made(name: str, words: str, source: str, columns: Iterable[str]) -> Output:
    origins = tuple(sorted(Origin(ColumnId(source, column)) for column in columns))
    named = ", ".join(origin.column.column for origin in origins) or "no column"
    return Output(name, f"{words} {named}", origins)

"""What a rule holds true of the rows that it reads."""

from __future__ import annotations

from dataclasses import dataclass

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Located, SqlText, TrackedSpec

# A bound of a range, as YAML reads it: a number, or text such as a date.
Bound = int | float | str

OPERATORS = (">", ">=", "<", "<=", "=", "!=", "between", "not between")


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a metric must not be: `> 5`, or between two bounds, both included.

    `operator` is one of OPERATORS; the last two of them have a `high` bound.
    """

    operator: str
    low: float
    high: float | None = None

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.operator} {self.low:g}"
        return f"{self.operator} {self.low:g} and {self.high:g}"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a rule holds true. `warns` where an objection stops nothing.

    `type` is one of `null`, `range`, `uniqueness`, `freshness`, `profile_check`,
    `sql_assertion`, `value` and `custom`; which fields are given goes by it.
    """

    type: str
    place: Place
    warns: bool = False
    columns: tuple[Located, ...] = ()
    # Of `null` and `uniqueness`: the share of rows, 0 to 1, that may be objected to.
    tolerance: float = 0.0
    low: Bound | None = None
    high: Bound | None = None
    max_age_seconds: float | None = None
    # Of `freshness`: a date that takes the place of now.
    reference: str | None = None
    metric: Located | None = None
    threshold: Threshold | None = None
    sql: SqlText | None = None
    error_message: str | None = None

    @property
    def name(self) -> str:
        """The check in a few words: `null(customer_id)`, `avg(price) > 500`."""
        columns = ", ".join(column.name for column in self.columns)
        word = self.type
        if self.metric is not None and self.threshold is not None:
            target = f"({columns})" if columns else ""
            return f"{self.metric.name}{target} {self.threshold}"
        if self.type == "value" and self.sql is not None:
            text = " ".join(self.sql.text.split())
            return text if len(text) <= 60 else f"{text[:59]}…"
        return f"{word}({columns})" if columns else word


@dataclass(frozen=True, slots=True)
class RuleSpec(TrackedSpec):
    """Checks of a node's inputs. It has no rows; its checks are asked before anything is shown.

    All checks but SQL look at the first input.
    """

    checks: tuple[Check, ...] = ()

    @property
    def asked(self) -> tuple[Check, ...]:
        """The checks that can be run; `custom` is code, which never is."""
        return tuple(check for check in self.checks if check.type != "custom")

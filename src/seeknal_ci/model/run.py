"""What apply did: one result a step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a step ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class SkipReason(StrEnum):
    """Why a step was not run."""

    UP_TO_DATE = "up_to_date"
    # Up to date, and changed in what makes no rows.
    METADATA_ONLY = "metadata_only"
    UPSTREAM_FAILED = "upstream_failed"
    INACTIVE = "inactive"
    FAIL_FAST = "fail_fast"
    NOT_EXECUTED = "not_executed"
    # A rule: what its checks found is among the audits.
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step's end. `seconds` is wall time over all attempts; `rows` are those written."""

    node: str
    status: Status
    skip_reason: SkipReason | None = None
    attempts: int = 0
    seconds: float = 0.0
    rows: int | None = None
    error_class: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What an audit found in a node's rows; `message` says it in a sentence."""

    node: str
    name: str
    passed: bool
    warns: bool
    message: str

    @property
    def stops(self) -> bool:
        """True if nothing may be published because of it."""
        return not self.passed and not self.warns


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run; succeeded + failed + skipped + cancelled is the number of planned steps."""

    run_id: str
    environment: str
    schema: str
    seconds: float
    results: tuple[StepResult, ...]
    # False where the environment still shows what it showed before the run.
    published: bool = False
    # Those that were run; none where a step failed before.
    audits: tuple[AuditResult, ...] = ()

    def of(self, status: Status) -> tuple[StepResult, ...]:
        """The results with this status."""
        return tuple(result for result in self.results if result.status is status)

    @property
    def objections(self) -> tuple[AuditResult, ...]:
        """The audits that kept the run from being published."""
        return tuple(audit for audit in self.audits if audit.stops)

    @property
    def status(self) -> Status:
        """Failed if a step failed or an audit objected, cancelled if any step was cancelled."""
        for status in (Status.FAILED, Status.CANCELLED):
            if self.of(status):
                return status
        return Status.FAILED if self.objections else Status.SUCCEEDED

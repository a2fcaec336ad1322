"""`seeknal-ci diff`: what a change breaks, and for whom."""

from __future__ import annotations

from seeknal_ci.commands.outcome import DONE, FIXABLE, GATE
from seeknal_ci.commands.prepare import Compared, Revisions, compare_versions
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Report
from seeknal_ci.settings import Settings

# The least category at which `--fail-on` fails.
FAIL_ON = {"breaking": Category.BREAKING, "non_breaking": Category.NON_BREAKING, "never": None}


def diff(repository: Repository, settings: Settings, revisions: Revisions) -> Compared:
    """Both versions and the verdict; errors are in the report, so that it comes out whole."""
    return compare_versions(repository, settings, revisions)


def exit_code(report: Report, fail_on: str) -> int:
    """1 if something could not be compared, 3 if the gate says no, else 0."""
    if report.errors:
        return FIXABLE
    least = FAIL_ON[fail_on]
    if least is not None and report.category is not None and report.category >= least:
        return GATE
    return DONE

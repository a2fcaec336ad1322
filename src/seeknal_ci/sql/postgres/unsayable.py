"""The error for SQL that PostgreSQL has no words for."""

from __future__ import annotations

from seeknal_ci.errors import SeeknalCiError


def unsayable(what: str) -> SeeknalCiError:
    """What of the SQL cannot be said in PostgreSQL's dialect, or means something else there."""
    return SeeknalCiError(
        f"the SQL cannot be translated to PostgreSQL: {what}",
        fix="write it in another way, or the whole project in PostgreSQL's SQL with "
        "`dialect: postgres`",
    )

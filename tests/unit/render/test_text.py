"""Terminal text: its goldens, its colours, and names that try to draw on the terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from seeknal_ci.model.cleanup import (
    Cleanup,
    DroppedEnvironment,
    DroppedTable,
    Left,
    Reason,
    StoredTable,
)
from seeknal_ci.model.environment import (
    Acknowledgement,
    Build,
    Environment,
    Footprint,
    Overlap,
    Promotion,
)
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.report import Impact
from seeknal_ci.model.run import RunReport, SkipReason, Status, StepResult
from seeknal_ci.render.cleanup_text import cleanup_text
from seeknal_ci.render.environment_text import environment_text, environments_text
from seeknal_ci.render.run_text import promotion_text, run_text
from seeknal_ci.render.text import diff_text, plan_text
from tests.conftest import Golden
from tests.support.reports import (
    BASE,
    DIGEST,
    HEAD,
    NOON,
    description_report,
    discount_report,
    environment_for,
    plan_for,
    rename_report,
    run_for,
    unchanged_report,
    with_name,
)

_COLOR = re.compile("\x1b\\[[0-9;]*m")


def environment(name: str) -> Environment:
    """The environment of the tutorial's first change."""
    return environment_for(plan_for(discount_report(), name))


def promotion() -> Promotion:
    """The first change's way into production."""
    accepted = Acknowledgement("source.orders", "ada", "commit trailer", "agreed with finance")
    return Promotion(
        id="0195-promotion",
        environment="prod",
        from_commit=BASE.commit,
        to_commit=HEAD.commit,
        dirty=False,
        digest=DIGEST,
        actor="ada",
        acknowledgements=(accepted,),
        started_at=NOON,
        finished_at=NOON + timedelta(seconds=2),
        nodes=environment("prod").nodes,
    )


def failed_run() -> RunReport:
    """A run with one result of every kind."""
    results = (
        StepResult("source.orders", Status.SUCCEEDED, attempts=2, seconds=0.5, rows=3),
        StepResult(
            "transform.clean_orders",
            Status.FAILED,
            attempts=1,
            seconds=1.0,
            error_class="BinderException",
            error='column "x" not found\nLINE 1: SELECT x',
        ),
        StepResult("aggregation.daily_sales", Status.SKIPPED, SkipReason.UPSTREAM_FAILED),
        StepResult("transform.inventory_status", Status.CANCELLED),
    )
    return RunReport("0195-run", "dev", "dev", 61.2, results)


def test_a_plan_that_adds_a_column(golden: Golden) -> None:
    golden("render/plan_dev.txt", plan_text(plan_for(discount_report(), "dev")))


def test_a_plan_that_breaks(golden: Golden) -> None:
    golden("render/plan_staging.txt", plan_text(plan_for(rename_report(), "staging")))


def test_a_comparison(golden: Golden) -> None:
    golden("render/diff.txt", diff_text(rename_report()))


def test_a_comparison_without_changes(golden: Golden) -> None:
    golden("render/diff_unchanged.txt", diff_text(unchanged_report()))


def test_a_run(golden: Golden) -> None:
    golden("render/run.txt", run_text(run_for(plan_for(discount_report()))))


def test_a_run_that_failed(golden: Golden) -> None:
    golden("render/run_failed.txt", run_text(failed_run()))


def test_a_promotion(golden: Golden) -> None:
    golden("render/promotion.txt", promotion_text(promotion(), discount_report(), source="dev"))


def both_changed(name: str) -> Overlap:
    """Another environment that changes clean_orders."""
    return Overlap(name, ("transform.clean_orders",))


def odd_cleanup(odd: Environment, name: str) -> Cleanup:
    """A clean-up in which everything is called by an odd name."""
    gone = DroppedEnvironment(replace(odd, branch=name), Reason.BRANCH_GONE)
    table = DroppedTable(StoredTable(name, None), Reason.UNFINISHED)
    return Cleanup((gone,), (table,), (Left(name, name, failed=True),))


def test_a_clean_up(golden: Golden) -> None:
    expired = DroppedEnvironment(environment("dev"), Reason.EXPIRED)
    gone = replace(environment("feature"), branch="feature/discount")
    build = Build("0" * 64, "transform.a", "transform__a__000000000000", (), 1_234, 0.1, NOON, "r")
    cleanup = Cleanup(
        (expired, DroppedEnvironment(gone, Reason.BRANCH_GONE)),
        (
            DroppedTable(StoredTable("source__x__111111111111", 8_192), Reason.UNFINISHED),
            DroppedTable(StoredTable(build.table, 5_000_000, build), Reason.UNUSED),
        ),
        (Left("notes", "it was not made by seeknal-ci"), Left("pr_7", "it is held", failed=True)),
    )
    text = cleanup_text(cleanup)
    rehearsed = cleanup_text(replace(cleanup, dry_run=True, left=()))
    golden("render/cleanup.txt", f"{text}\n{rehearsed}\n{cleanup_text(Cleanup())}")


def test_environments(golden: Golden) -> None:
    kept = replace(environment("prod"), expires_at=None, dirty=True, commit=None)
    text = environments_text(
        (kept, environment("dev"), environment("pr_42")),
        {
            "dev": Footprint(1_234_567, 98_765_432, 1_500, (both_changed("pr_42"),)),
            "pr_42": Footprint(overlaps=(both_changed("dev"),)),
            "prod": Footprint(987, 12_345),
        },
        now=NOON + timedelta(days=7, hours=1),
    )
    golden("render/environments.txt", text)


def test_one_environment(golden: Golden) -> None:
    footprint = Footprint(1_234_567, 98_765_432, 1_500, (both_changed("pr_42"),))
    shown = replace(environment("dev"), branch="feature/discount")
    golden("render/environment.txt", environment_text(shown, footprint, now=NOON))


def test_errors_come_first_with_place_and_fix() -> None:
    error = Problem(
        Place("seeknal/a.yml", 9, 3), "unknown-ref", "reads `x`", "add `x`", related=Place("b", 2)
    )
    text = diff_text(replace(description_report(), errors=(error,)))
    assert (
        "error[unknown-ref]: reads `x`\n  at seeknal/a.yml:9:3\n  and b:2\n  fix: add `x`\n" in text
    )
    assert text.index("unknown-ref") < text.index("Modified Nodes:")


def test_what_nothing_happens_to_is_not_listed() -> None:
    spared = tuple(
        replace(d, impact=Impact.UNAFFECTED, node=replace(d.node, definition={"active": False}))
        for d in discount_report().downstream
    )
    assert "Downstream" not in diff_text(replace(description_report(), downstream=spared))


def test_a_colour_adds_nothing_to_the_words() -> None:
    plan = plan_for(rename_report(), "staging")
    for colored, plain in (
        (diff_text(rename_report(), color=True), diff_text(rename_report())),
        (plan_text(plan, color=True), plan_text(plan)),
        (run_text(failed_run(), color=True), run_text(failed_run())),
        (promotion_text(promotion(), color=True), promotion_text(promotion())),
    ):
        assert "\x1b[" in colored
        assert "\x1b[" not in plain
        assert _COLOR.sub("", colored) == plain


def test_a_name_can_neither_move_the_cursor_nor_command_a_runner() -> None:
    name = "::error::x\x1b[2J\r\n::add-mask::y\u202e##[group]z"
    report = with_name(rename_report(), name)
    plan = replace(plan_for(report), environment=name, schema=name, notes=(name,))
    run = RunReport(name, name, name, 1.0, (StepResult(name, Status.FAILED, error=name),))
    odd = replace(environment("dev"), name=name, schema=name)
    texts = (
        diff_text(report),
        plan_text(plan),
        run_text(run),
        promotion_text(replace(promotion(), environment=name, actor=name), report, source=name),
        environments_text((odd,), {}, now=NOON),
        environment_text(odd, Footprint(overlaps=(Overlap(name, (name,)),)), now=NOON),
        cleanup_text(odd_cleanup(odd, name)),
    )
    for text in texts:
        assert all(line.isprintable() for line in text.split("\n"))
        assert "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.split("\n"))

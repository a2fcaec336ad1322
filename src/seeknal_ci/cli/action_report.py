"""What a run of the action tells: annotations, summary, comment, files, outputs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seeknal_ci.cli.show import edges_of

if TYPE_CHECKING:
    from seeknal_ci.commands.action import ActionResult, Workplace
    from seeknal_ci.commands.prepare import Compared
    from seeknal_ci.model.run import RunReport
    from seeknal_ci.render.views import Check, CommentView, Section


def tell(work: Workplace, result: ActionResult) -> None:
    """Write everything that the run leaves behind; the comment last, as GitHub may refuse it."""
    from seeknal_ci.commands.action_outputs import outputs_of
    from seeknal_ci.github.outputs import runner_files

    files = runner_files(os.environ)
    outputs = outputs_of(result, work.settings.production)
    files.write_outputs(outputs | _write_files(work, result))
    if result.compared is not None:
        view = _view(work, result, result.compared)
        if work.inputs.annotations:
            _annotate(result.compared)
        if work.inputs.summary:
            from seeknal_ci.render.markdown import render_summary

            files.write_summary(render_summary(view))
        url = _comment(work, result.compared, view)
        if url is not None:
            files.write_outputs({"comment-url": url})
    elif result.promoted is not None and work.inputs.summary:
        files.write_summary(_promotion_summary(result))
    elif result.collected is not None and work.inputs.summary:
        from seeknal_ci.render.cleanup_text import cleanup_text
        from seeknal_ci.render.escape import fence

        text = cleanup_text(result.collected)
        files.write_summary(f"### seeknal-ci env gc\n\n{fence(text, 'text')}\n")


def _annotate(compared: Compared) -> None:
    from seeknal_ci.render.annotations import workflow_commands

    click.echo(workflow_commands(compared.report), nl=False)


def _view(work: Workplace, result: ActionResult, compared: Compared) -> CommentView:
    from seeknal_ci.render.compose import comment_view
    from seeknal_ci.render.mermaid import graph_of
    from seeknal_ci.render.views import Evidence, Links

    applied = result.applied
    published = applied is not None and applied.run is not None and applied.run.published
    evidence = Evidence(
        plan=applied.plan if applied else None,
        overlaps=applied.plan.overlaps if applied else (),
        run=applied.run if applied else None,
        environment=applied.environment if applied and published else None,
        checks=_checks(applied.run) if applied and applied.run else None,
        data=applied.data if applied else None,
        graph=graph_of(compared.report, edges_of(compared)),
        not_checked=_not_checked(result),
        acknowledge=work.settings.breaking == "acknowledge",
    )
    context = work.context
    pull_request = context.pull_request
    head = pull_request.head_sha if pull_request else compared.head_commit
    return comment_view(
        compared.report,
        evidence=evidence,
        links=Links(
            files=_files_url(context.repository, head),
            base_files=_files_url(context.repository, compared.base_commit),
            run=context.run_url,
        ),
        comment_id=work.inputs.comment_id,
        project=work.settings.project or None,
        head=head,
    )


def _not_checked(result: ActionResult) -> dict[Section, str]:
    """Why a section says nothing: a partial report never looks complete."""
    from seeknal_ci.render.views import Section

    if result.not_built is not None:
        unbuilt = (Section.BUILD, Section.CHECKS, Section.ROWS, Section.VALUES)
        return dict.fromkeys(unbuilt, result.not_built)
    return dict.fromkeys((Section.ROWS, Section.VALUES), "not asked for")


def _checks(run: RunReport) -> tuple[Check, ...]:
    from seeknal_ci.render.views import Check, CheckStatus

    return tuple(
        Check(
            audit.node,
            audit.name,
            CheckStatus.PASSED
            if audit.passed
            else CheckStatus.WARNED
            if audit.warns
            else CheckStatus.FAILED,
            audit.message,
        )
        for audit in run.audits
    )


def _files_url(repository: str, commit: str | None) -> str | None:
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    return f"{server}/{repository}/blob/{commit}/" if commit else None


def _comment(work: Workplace, compared: Compared, view: CommentView) -> str | None:
    """Bring the pull request's comment up to date; returns its address."""
    from seeknal_ci.github.client import connect
    from seeknal_ci.github.comment import Draft, publish
    from seeknal_ci.github.route import Step
    from seeknal_ci.render.markdown import render_comment

    pull_request, token = work.context.pull_request, work.inputs.github_token
    if Step.COMMENT not in work.route.steps or not work.inputs.comment or pull_request is None:
        return None
    if token is None:
        click.echo("no comment: the step has no token", err=True)
        return None
    template = _template(work, compared)
    draft = Draft(
        body=render_comment(view, template),
        smallest=render_comment(view, template, smallest=True),
        has_changes=bool(compared.report.changes or compared.report.errors),
    )
    pulls = connect(work.context.repository, token=token, api_url=work.inputs.api_url)
    published = publish(pulls, pull_request.number, draft)
    told = f"comment {published.status}" + (f": {published.reason}" if published.reason else "")
    click.echo(told, err=True)
    return published.url


def _template(work: Workplace, compared: Compared) -> str | None:
    """The project's own template, as the base has it: a pull request cannot bring its own."""
    name = work.settings.comment_template
    if name is None:
        return None
    path = f"{work.settings.project}/{name}" if work.settings.project else name
    if path not in compared.base_files.blobs:
        click.echo(f"the base has no template {name}: the built-in one is used", err=True)
        return None
    return compared.base_files.read(path).decode("utf-8", errors="replace")


def _promotion_summary(result: ActionResult) -> str:
    from seeknal_ci.render.escape import fence
    from seeknal_ci.render.promoted_text import promoted_text

    promoted = result.promoted
    assert promoted is not None, "asked of promotions only"
    assert promoted.run is not None, "only a dry run has none"
    text = promoted_text(
        promoted.run, promoted.compared.report, promoted.promotion, before=promoted.before
    )
    return f"### seeknal-ci promote\n\n{fence(text, 'text')}\n"


def _write_files(work: Workplace, result: ActionResult) -> dict[str, str]:
    """The report, and the plan, as JSON; returns the outputs that name them."""
    from seeknal_ci.commands.action import report_folder
    from seeknal_ci.render.documents import diff_document, plan_document, to_json

    written: dict[str, str] = {}
    folder = report_folder(os.environ)
    if result.compared is not None:
        text = to_json(diff_document(result.compared.report))
        target = work.inputs.report_file
        if target is not None:
            written["report-file"] = _write(_inside(work, target), text)
        elif folder is not None:
            written["report-file"] = _write(folder / "report.json", text)
    if result.applied is not None and folder is not None:
        text = to_json(plan_document(result.applied.plan, result.applied.data))
        written["plan-file"] = _write(folder / "plan.json", text)
    return written


def _inside(work: Workplace, target: str) -> Path:
    return (work.context.workspace or Path.cwd()) / target


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)

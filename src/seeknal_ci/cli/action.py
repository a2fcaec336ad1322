"""`seeknal-ci action`: what action.yml runs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from seeknal_ci.cli.app import App

if TYPE_CHECKING:
    from seeknal_ci.commands.action import Workplace


@click.command()
def action() -> int:
    """Run as a step of a GitHub workflow.

    The event says what to do; inputs come as SEEKNAL_CI_INPUT_<NAME>. See docs/github-action.md.
    """
    from seeknal_ci.cli.action_report import tell
    from seeknal_ci.commands.action import act

    work = _workplace()
    click.echo(work.route.reason, err=True)
    result = act(work)
    tell(work, result)
    for error in (result.failed, result.refused):
        if error is not None:
            click.echo(str(error), err=True)
    return result.exit_code


def _workplace() -> Workplace:
    from seeknal_ci.commands.action import Workplace
    from seeknal_ci.github.event import read_context
    from seeknal_ci.github.inputs import read_inputs
    from seeknal_ci.github.outputs import mask_secrets
    from seeknal_ci.github.route import route

    inputs = read_inputs(os.environ)
    mask_secrets([s for s in (inputs.warehouse, inputs.github_token) if s], sys.stdout)
    context = read_context(os.environ)
    app = App(project=inputs.project, config=inputs.config)
    repository = app.repository()
    settings = app.settings(
        repository,
        warehouse=inputs.warehouse,
        workers=inputs.max_workers,
        data_diff=inputs.data_diff,
    )
    return Workplace(
        repository=repository,
        settings=settings,
        context=context,
        inputs=inputs,
        route=route(context, inputs.command, settings.main_branch),
        open_warehouse=lambda: app.open_warehouse(settings),
        existing_warehouse=lambda: app.existing_warehouse(settings),
        progress=app.progress,
    )

"""`seeknal-ci explain`."""

from __future__ import annotations

from difflib import get_close_matches

import click

from seeknal_ci.cli.app import App, common_options


@click.command()
@click.argument("rule", required=False)
@common_options
def explain(app: App, rule: str | None) -> int:
    """Say what a rule is about, why, what to do, and how to configure it.

    Without RULE it lists them all.
    """
    from seeknal_ci.classify.rules import RULE_IDS
    from seeknal_ci.commands.explain import explained, listed
    from seeknal_ci.render.palette import Palette

    palette = Palette(app.color)
    if rule is None:
        click.echo(listed(palette), nl=False)
        return 0
    if rule not in RULE_IDS:
        close = get_close_matches(rule, sorted(RULE_IDS), n=1)
        hint = f"did you mean `{close[0]}`?" if close else "`seeknal-ci explain` lists them"
        raise click.UsageError(f"`{rule}` is no rule: {hint}")
    click.echo(explained(rule, palette), nl=False)
    return 0

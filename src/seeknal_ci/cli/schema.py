"""`seeknal-ci schema`."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
def schema(name: str | None) -> int:
    """Print a JSON Schema, so that an editor completes and checks the YAML.

    NAME is `node` for any file of nodes, a kind, `config`, or a JSON document; without it, all
    that there are.
    """
    from seeknal_ci.commands.schema import listed, printed

    click.echo(listed() if name is None else printed(name), nl=False)
    return 0

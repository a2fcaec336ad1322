"""`seeknal-ci demo`."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from pathlib import Path

import click

from seeknal_ci.errors import SeeknalCiError


@click.command()
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
def demo(folder: Path | None) -> int:
    """Walk through diff, apply and promote on a sample project.

    The project is made in DIR, or in a new folder that is named at the end. Every command is
    printed before it is run, so that you can repeat it.
    """
    from seeknal_ci.demo.walk import walk

    if shutil.which("git") is None:
        raise SeeknalCiError("there is no git on this machine's PATH", fix="install git")
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SeeknalCiError(f"{folder} is not an empty folder", fix="name a new folder")
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="seeknal-ci-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    click.echo(f"The project is made in {folder}")
    walk(folder, click.echo)
    click.echo("\n\nGo on by yourself:\n")
    click.echo(f"    cd {shlex.quote(str(folder))}\n    seeknal-ci --help")
    return 0

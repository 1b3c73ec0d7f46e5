"""The `pyterrier-optical doctor` command."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from pyterrier_optical.cli.options import Model

_SIGNS = {"ok": "ok    ", "note": "note  ", "failed": "FAILED"}


def doctor(
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same for programs.")] = False,
) -> None:
    """Says what this installation has and whether it works; exit status 1 where something has to be put right."""
    from pyterrier_optical.cli.health import examine

    checks = examine(model)
    failed = [check.name for check in checks if check.state == "failed"]
    if as_json:
        typer.echo(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            typer.echo(f"{_SIGNS[check.state]}  {check.name:<12}  {check.says}")
        typer.echo(f"To be put right: {', '.join(failed)}." if failed else "All is well.")
    raise typer.Exit(1 if failed else 0)

"""`giothong import`: what an officer does by sending a file, done here on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from bot.app import App
from bot.config import ConfigError
from bot.intake import Result, read_in_child
from core.people import Person, Role
from core.plan_entries import Plan
from core.sheet_table import MAX_BYTES
from core.unclear import Unclear
from core.unit_entries import Tree
from handlers import plan_report, unit_proposal, unit_report
from handlers.plan_proposal import Asker, findings, propose, save
from handlers.voice import Voice

_WHO = "cli"
_KINDS = ("wrong", "asked", "changed", "added")


async def import_file(app: App, kind: str, file: Path, *, agreed: Callable[[str], bool]) -> None:
    """A "plan", or "units": read, report, ask (`agreed` gets the question), save.

    Raises ConfigError with one line for a file that cannot be read.
    """
    voice = app.house.voice(app.words.default)
    result = await read_in_child(file.name, await asyncio.to_thread(_bytes, file), _today(app), set(), only=kind)
    if "refused" in result:
        raise ConfigError(f"{file}: {voice.text(result['refused'], **result['params'])}")
    try:
        await _STEPS[kind](app, voice, result, agreed)
    except Unclear as unclear:
        raise ConfigError(f"{file}: {voice.text(unclear.reason, **unclear.params)}") from None


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            return content.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None


def _asker(app: App) -> Asker:
    person, house = Person(_WHO, app.words.default, Role.ADMIN), app.house
    return Asker(person, house.settings.province, _today(app), calendar=house.calendar, rules=house.rules)


def _today(app: App) -> date:
    return app.clock.now().astimezone(app.house.settings.zone).date()


async def _go_on(app: App, voice: Voice, result: Result, agreed: Callable[[str], bool]) -> None:
    plan, asker = Plan.from_json(result), _asker(app)
    proposal = await app.database.write(lambda tx: propose(tx, plan, asker))
    asked = await app.database.write(lambda tx: findings(tx, proposal, plan, asker))
    _echo(voice, plan_report.lines(voice, proposal, asked), "import.heading.")
    if not proposal.changes:
        click.echo(voice.text(plan_report.nothing(proposal)))
    elif agreed(f"{voice.text('import.ask')}\n{plan_report.doing(voice, proposal)}\n"):
        at, seen = app.clock.at(), proposal.digest
        saved = await app.database.write(lambda tx: save(tx, plan, asker, seen=seen, at=at))
        click.echo(plan_report.done(voice, saved))


async def _go_on_with_units(app: App, voice: Voice, result: Result, agreed: Callable[[str], bool]) -> None:
    tree, today, person = Tree.from_json(result), _today(app), Person(_WHO, app.words.default, Role.ADMIN)
    proposal = await app.database.write(lambda tx: unit_proposal.propose(tx, tree, person, today))
    _echo(voice, unit_report.lines(voice, proposal), "unitfile.heading.")
    if not proposal.changes:
        click.echo(voice.text(unit_report.nothing(proposal)))
    elif agreed(f"{voice.text('import.ask')}\n{unit_report.doing(voice, proposal)}\n"):
        at, seen = app.clock.at(), proposal.digest
        saved = await app.database.write(lambda tx: unit_proposal.save(tx, tree, person, today, seen=seen, at=at))
        click.echo(unit_report.done(voice, saved))


def _echo(voice: Voice, found: list[plan_report.Line], headings: str) -> None:
    """Every line of a report, kind by kind."""
    for kind in _KINDS:
        if of_kind := [line.bullet for line in found if line.kind == kind]:
            click.echo("\n".join([voice.text(f"{headings}{kind}"), *of_kind, ""]))


_STEPS = {"plan": _go_on, "units": _go_on_with_units}

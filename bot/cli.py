"""The program `giothong`. Whatever is wrong with the set-up is said in one line, with exit status 2."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import __version__

if TYPE_CHECKING:
    from bot.app import App
    from bot.config import Config

_CONFIG = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="TOML file; without it, the environment alone."
)


def _fail(text: object) -> None:
    click.echo(f"giothong: {text}", err=True)
    sys.exit(2)


def _run(work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Run the asynchronous part of a command, on the faster event loop where there is one."""
    from bot.config import ConfigError
    from storage.database import DatabaseError

    try:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    except ImportError:
        factory = asyncio.new_event_loop
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(work())
    except (ConfigError, DatabaseError) as error:
        _fail(error)
    except KeyboardInterrupt:
        sys.exit(130)


def _load(path: Path | None, *, defaults: dict[str, dict[str, Any]] | None = None, **final: dict[str, Any]) -> Config:
    from bot.config import ConfigError, load_config

    try:
        return load_config(path, defaults=defaults, **final)
    except ConfigError as error:
        _fail(error)
        raise


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="giothong")
def main() -> None:
    """Giọt Hồng: a chat bot for voluntary blood donation."""


@main.command()
@_CONFIG
def run(config_path: Path | None) -> None:
    """Run the bot until it is told to stop."""
    config = _load(config_path)
    _logs(config)
    _run(lambda: _serve(config, demo=False, ready=lambda _: None))


_DEMO: dict[str, dict[str, Any]] = {
    "bot": {"organisation": "Ban Chỉ đạo vận động hiến máu tình nguyện (minh hoạ)", "province": "Lai Châu"},
    "delivery": {"chat_burst": 60},  # Three chats in one browser, and a person who clicks quickly.
}


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port of the web chat.")
@click.option("--open/--no-open", "open_browser", default=True, help="Open a browser where there is one.")
@click.option("--data", default="data/demo.db", show_default=True, help="Database of the demonstration.")
def demo(port: int, open_browser: bool, data: str) -> None:  # noqa: FBT001 (click's calling convention)
    """Try everything: three chats side by side, invented people, no account."""
    # Invented people never get into a real database, whatever the environment names.
    config = _load(None, defaults=_DEMO, web={"port": port}, storage={"url": f"sqlite:///{data}"})
    _logs(config, quiet=True)

    def ready(app: App) -> None:
        address = f"http://{config.web.host}:{app.port}/"
        click.echo(f"Giọt Hồng: {address}  (Ctrl+C để dừng / to stop)")
        if open_browser:
            _open(address)

    _run(lambda: _serve(config, demo=True, ready=ready))


def _open(address: str) -> None:
    import webbrowser

    with contextlib.suppress(webbrowser.Error):
        browser = webbrowser.get()
        # A browser inside this terminal would take the terminal away.
        if not isinstance(browser, webbrowser.GenericBrowser) or isinstance(browser, webbrowser.BackgroundBrowser):
            browser.open(address)


def _logs(config: Config, *, quiet: bool = False) -> None:
    import logging

    from bot.logs import set_up_logs

    secrets = (config.telegram.token, config.telegram.webhook_secret, config.storage.key)
    set_up_logs(*(secret.get_secret_value() for secret in secrets), level=logging.WARNING if quiet else logging.INFO)


async def _serve(config: Config, *, demo: bool, ready: Callable[[App], None]) -> None:
    from bot.app import open_app

    # What start-up made stays: looking through it for garbage again and again costs a tenth of the time of a busy bot.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on the loop.
            loop.add_signal_handler(number, stopped.set)
    async with open_app(config, demo=demo) as app:
        if demo:
            await app.load_demo()
        await app.start()
        ready(app)
        await stopped.wait()


@main.command()
@_CONFIG
def check(config_path: Path | None) -> None:
    """Say what is wrong with the set-up, a line each; exit status 2 where something is."""
    from bot.checks import check_all

    config = _load(config_path)
    _logs(config, quiet=True)

    async def work() -> None:
        wrong = False
        async for name, problem in check_all(config):
            wrong = wrong or bool(problem)
            click.echo(f"{name}: {problem or 'ok'}")
        if wrong:
            sys.exit(2)

    _run(work)


@main.command()
@_CONFIG
def migrate(config_path: Path | None) -> None:
    """Bring the database to this program's schema (`run` does so by itself)."""
    config = _load(config_path)

    async def work() -> None:
        from bot.clock import Clock
        from storage.database import open_database
        from storage.migrate import migrate as apply

        database = await open_database(config.storage.url, config.storage.key.get_secret_value())
        try:
            names = await apply(database, Clock().at())
        finally:
            await database.close()
        click.echo("\n".join(names) or "nothing to do")

    _run(work)


@main.command()
@_CONFIG
@click.option("--format", "format_", type=click.Choice(["xlsx", "csv"]), default="xlsx", show_default=True)
@click.option("--unit", default="", help="Code of a unit; without it, all units.")
@click.option("--round", "round_code", default="", help="Code of a round; without it, everybody who is registered.")
@click.option("--units-now", is_flag=True, help="Of a round: by the units of today, not by those of its day.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
def export(config_path: Path | None, format_: str, unit: str, round_code: str, units_now: bool, out: Path) -> None:  # noqa: FBT001, PLR0917
    """Write the registration list to a file."""
    config = _load(config_path)
    _logs(config, quiet=True)

    async def work() -> None:
        from bot.app import open_app

        async with open_app(config) as app:
            rows = await app.export(format_, unit, out, round_code=round_code, units_now=units_now)
        click.echo(f"{out}: {rows} rows")

    _run(work)


@main.command("import")
@_CONFIG
@click.argument("what", type=click.Choice(["units", "plan"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Plan: say what would be saved, and save nothing.")
@click.option("--yes", is_flag=True, help="Plan: save without asking.")
def import_(config_path: Path | None, what: str, file: Path, dry_run: bool, yes: bool) -> None:  # noqa: FBT001, PLR0917
    """Add or change units (.xlsx; CSV or TOML without being asked) or the rounds of a plan (.xlsx, .csv or .toml)."""
    config = _load(config_path)
    _logs(config, quiet=True)

    async def work() -> None:
        from bot.app import open_app
        from bot.import_file import import_file
        from bot.plans import read_plan, write_plan

        if what == "plan" or file.suffix.lower() == ".xlsx":
            async with open_app(config) as app:
                await import_file(app, what, file, agreed=lambda question: _agreed(question, dry_run=dry_run, yes=yes))
            return
        plan = read_plan(file)
        plan.rounds = []
        async with open_app(config) as app:
            await app.database.write(lambda tx: write_plan(tx, plan))
        click.echo(f"units: {len(plan.units)}, rounds: 0")

    _run(work)


def _agreed(question: str, *, dry_run: bool, yes: bool) -> bool:
    """Say what would be done; True where the person at the terminal, or --yes, wants it so."""
    click.echo(question)
    if dry_run or yes:
        return yes and not dry_run
    try:
        return click.confirm("Lưu? / Save?", default=False)
    except click.Abort:  # Nobody is there to be asked.
        _fail("nothing was saved: agree when asked, or with --yes")
        raise


@main.command()
@_CONFIG
@click.option("--as", "role", type=click.Choice(["donor", "admin"]), default="donor", show_default=True)
@click.option("--language", default="", help="Language hint of the client, vi or en.")
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="Write the chat down as a transcript.")
@click.option("--demo/--no-demo", "with_demo", default=False, help="With the demonstration's units, rounds and people.")
def talk(config_path: Path | None, role: str, language: str, save: Path | None, with_demo: bool) -> None:  # noqa: FBT001, PLR0917
    """The same conversation here in the terminal, with text alone."""
    from bot.talk import talk_here

    final: dict[str, dict[str, Any]] = {"web": {"port": 0, "chat": False}, "telegram": {"enabled": False}}
    if role == "admin":
        final["bot"] = {"admins": ["terminal:admin"]}
    if with_demo:  # Invented people never get into a real database.
        final["storage"] = {"url": "sqlite:///data/talk-demo.db"}
    config = _load(config_path, defaults={"storage": {"url": "sqlite:///data/talk.db"}}, **final)
    _logs(config, quiet=True)
    _run(lambda: talk_here(config, role=role, language=language, save=save, demo=with_demo))


if __name__ == "__main__":
    main()

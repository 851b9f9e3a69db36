"""The composition root: the one place where real things are chosen and joined."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.calendar import load_calendar
from bot.cast_progress import CastProgress
from bot.caster import Caster
from bot.channel import Channel
from bot.channels.web import WebChannel
from bot.channels.web.pages import Chat, Pages
from bot.channels.web.sessions import Sessions
from bot.clock import Clock, Ticker
from bot.config import Config, ConfigError
from bot.delivery import Delivery, recover
from bot.documents import Renderer
from bot.faq import load_faq
from bot.hold import hold
from bot.housekeeping import Housekeeping
from bot.i18n import load_words
from bot.intake import Intake
from bot.logs import event
from bot.menus import Commands, Menus
from bot.notify import notify
from bot.planner import Planner
from bot.rules import load_rules
from bot.server import Server
from bot.turns import Turns
from bot.unit_days import UnitDays
from core.dialogue import DocumentRef, Reply
from core.emulation import Rule
from core.notices import Timetable, read_reminders
from core.people import Role
from handlers.engine import menu
from handlers.turn import House, Settings
from storage import donors, marks, outbox, people, records, rounds
from storage.database import Database, open_database
from storage.faq import FaqCache
from storage.migrate import migrate
from storage.units import UnitsCache

_LOG = logging.getLogger("giothong")
_WEBHOOK_PATH = "/telegram/webhook"
_MARK_POLLED = "telegram.polled_at"
_MARK_CLOCK = "demo.clock_offset_s"
_TICK_S = 30.0
_RESTLESS_MS = 2 * 3_600_000  # Who moved a form in the two hours before an outage may have pressed a button during it.


def settings_of(config: Config) -> Settings:
    """What the talk needs of the configuration."""
    return Settings(
        organisation=config.bot.organisation,
        contact=config.bot.contact or config.bot.organisation,
        zone=ZoneInfo(config.bot.timezone),
        admins=frozenset(config.bot.admins),
        form_days=config.bot.form_days,
        province=config.bot.province,
        timetable=Timetable(
            zone=ZoneInfo(config.bot.timezone),
            reminders=read_reminders(", ".join(config.reminders.days)),
            quiet_from=time.fromisoformat(config.reminders.quiet_from),
            quiet_to=time.fromisoformat(config.reminders.quiet_to),
            morning=time.fromisoformat(config.reminders.morning),
        ),
        offer_hours=config.rounds.offer_hours,
        late_hours=config.rounds.late_hours,
        emulation=Rule(**config.emulation.model_dump()),
    )


def house_of(config: Config) -> House:
    """What stays the same from turn to turn. Raises ConfigError for a file that cannot be used."""
    words = load_words(config.bot.language)
    rules = load_rules(config.rules.default, config.rules.folder)
    calendar = load_calendar(config.calendar.file)
    return House(words, settings_of(config), UnitsCache(), rules, calendar, faq=FaqCache(load_faq()))


def commands_of(held: Collection[Role], language: str) -> list[tuple[str, str]]:
    """(name, catalogue id) of the menu: Vietnamese names for Vietnamese, the canonical ones for others."""
    return [(action.shown(language), f"menu.{action.name}") for action in menu(held)]


class App:
    """A running program. Made by `open_app`."""

    def __init__(self, config: Config, database: Database, clock: Clock, house: House, *, demo: bool) -> None:
        """`database` is open and migrated."""
        self.config = config
        self.database = database
        self.clock = clock
        self.house = house
        house.links.web = config.web.public_url if config.web.chat else ""
        self.words = words = house.words
        self.demo = demo
        self.turns = Turns(database, self.house, clock)
        self.epoch = secrets.token_hex(8)
        self.renderer = Renderer(database, words, self.house.settings, clock, key=config.storage.key.get_secret_value())
        self.deliveries: list[Delivery] = []
        self._housekeeping = Housekeeping(database, self.house, clock, self.turns.spoke)
        self.unit_days = UnitDays(database, self.house, clock, self.turns.spoke)
        self.planner = Planner(database, self.house, clock, self.turns.spoke)
        self.progress = CastProgress(database, house, clock, self._show, per_second=config.delivery.per_second)
        self.caster = Caster(database, house, clock, progress=self.progress, spoke=self.turns.spoke)
        self.intake = Intake(database, self.house.settings, clock, self.turns)
        self._ticker = Ticker()
        self._tasks: list[asyncio.Task[None]] = []
        self._messenger: asyncio.Task[None] | None = None
        self._telegram: Any = None
        self.menus: Menus | None = None
        self._server: Server | None = None
        self._held: int | None = None
        self._web: WebChannel | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; 0 without a server."""
        return self._server.port if self._server else 0

    def deliver_to(self, channel: Channel) -> None:
        """Send the outbox rows of a channel."""
        delivery = Delivery(
            self.database,
            channel,
            self.renderer,
            clock=self.clock,
            rates=self.config.delivery,
            epoch=self.epoch,
            words=self.words,
            quiet=self.house.settings.timetable.is_quiet,
        )
        self.deliveries.append(delivery)
        self.turns.couriers[channel.name] = delivery

    async def _show(self, address: str, external_id: str, reply: Reply) -> None:
        """Change a message that stands in somebody's chat; none where their channel is switched off."""
        if delivery := self.turns.couriers.get(address.partition(":")[0]):
            await delivery.show(address, external_id, reply)

    async def start(self) -> None:
        """Open the doors, in this order: what was in flight is settled, we listen, we speak, we poll.

        Raises ConfigError where another process runs on this database: each would take the other's messages for lost ones.
        """
        self._held = hold(self.database.path.with_name(f"{self.database.path.name}.lock"))
        if self._held is None:
            raise ConfigError(f"storage.url: another giothong runs on {self.database.path}; stop it first")
        unknown = await recover(self.database, self.epoch)
        if unknown:
            event(_LOG, "recovered", in_flight=unknown)
        await self.planner.begin()
        routes = []
        if self.config.web.chat:
            routes += await self._open_web()
        if self.config.telegram.enabled:
            self._open_telegram()
            from aiohttp import web

            # The path of the address that Telegram is given; the usual one too, for a proxy in front that changes paths.
            paths = {_WEBHOOK_PATH, urlsplit(self.config.telegram.webhook_url).path.rstrip("/") or _WEBHOOK_PATH}
            routes += [web.post(path, self._telegram.webhook) for path in sorted(paths)]
        self._server = Server(self.config.web, routes, self.health)
        await self._server.start()
        self._run(self.turns.run())
        self._run(self.intake.run())
        self._run(self.caster.run())
        self._messenger = self._run(self._hand_over())
        for delivery in self.deliveries:
            self._run(delivery.run())
        if self._telegram:
            self._run(self._telegram.run())
        self._ticker.every(_TICK_S, self._housekeeping.tick)
        self._ticker.every(_TICK_S, self.unit_days.tick)
        self._ticker.every(_TICK_S, self.planner.tick)
        self._ticker.start()
        notify("READY=1")
        event(_LOG, "ready", web=self.port, telegram=self.config.telegram.enabled)

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(_report)
        self._tasks.append(task)
        return task

    async def _hand_over(self) -> None:
        """Whenever turns have spoken, deliveries look."""
        while True:
            await self.turns.spoke.wait()
            self.turns.spoke.clear()
            for delivery in self.deliveries:
                delivery.wake()

    async def _open_web(self) -> list[Any]:
        self._web = WebChannel(
            self.database, self.clock, self.database.path.with_name(f"{self.database.path.name}.web-files")
        )
        self._ticker.every(_TICK_S, self._web.tidy)
        self.deliver_to(self._web)
        key = await self.database.write(lambda tx: marks.secret(tx, "sessions"))
        settings = self.house.settings
        chat = Chat(
            channel=self._web,
            sessions=Sessions(key),
            wake=self.turns.wake,
            database=self.database,
            words=self.words,
            clock=self.clock,
            zone=settings.zone,
            organisation=settings.organisation,
            admins=settings.admins,
            commands=commands_of,
            public_url=self.config.web.public_url,
            demo=self.demo,
            seat=self._take_seat,
            move_clock=self._move_clock,
        )
        return list(Pages(chat).routes())

    async def _take_seat(self, address: str, role: Role, language: str) -> None:
        """Demonstration only: the officer's and the admin's chat have their role and unit from the table, like everybody."""
        from bot import demo

        await demo.take_seat(self.database, address, role, language, at=self.clock.at())

    def _open_telegram(self) -> None:
        # Imported here: 0.4 s that a program without Telegram does not spend.
        from bot.channels.telegram import TelegramChannel
        from bot.channels.telegram.channel import Outage

        outage = Outage(self._last_poll, self._polled, self._restless, self.clock.at)
        self._telegram = TelegramChannel(self.config.telegram, self.turns.receive, outage, self._menus(frozenset()))
        self._telegram.met = self._met_telegram
        self.menus = Menus(self.database, self._telegram, admins=self.house.settings.admins, commands=self._menus)
        self.deliver_to(self._telegram)
        self.intake.fetchers[self._telegram.name] = self._telegram.fetch

    def _met_telegram(self, name: str) -> None:
        """From now on links lead to the bot of this name."""
        self.house.links.telegram = name
        assert self.menus
        self._ticker.every(_TICK_S, self.menus.tick)

    def _menus(self, held: frozenset[Role]) -> dict[str, Commands]:
        """What the menu of these roles lists, by language; "" for who has another one."""
        spoken = {"": self.words.default, **{code: code for code in self.words.languages}}
        return {
            code: tuple((name, self.words.say(language, title)) for name, title in commands_of(held, language))
            for code, language in spoken.items()
        }

    async def _last_poll(self) -> int:
        async with self.database.read() as tx:
            return int(await marks.get(tx, _MARK_POLLED, "0"))

    async def _polled(self) -> None:
        at = str(self.clock.at())
        await self.database.write(lambda tx: marks.set_(tx, _MARK_POLLED, at))

    async def _restless(self, since: int) -> list[str]:
        async with self.database.read() as tx:
            return await people.touched_since(tx, "telegram", since - _RESTLESS_MS)

    async def load_demo(self) -> None:
        """Fill an empty database with the demonstration, and set the clock where it was left."""
        from bot import demo

        self.deliver_to(demo.Crowd())
        if await demo.load(self.database, self.house.rules, self.clock.at()):
            await self._move_clock(demo.START - self.clock.now())
            return
        async with self.database.read() as tx:
            seconds = float(await marks.get(tx, _MARK_CLOCK, "0"))
        self.clock.move(timedelta(seconds=seconds))

    async def _move_clock(self, by: timedelta) -> None:
        """Demonstration only. Where the clock stands outlives a restart, or rows of the future would wait for years."""
        self.clock.move(by)
        offset = str(self.clock.offset.total_seconds())
        await self.database.write(lambda tx: marks.set_(tx, _MARK_CLOCK, offset))
        for delivery in self.deliveries:
            delivery.wake()
        self._ticker.now(self.unit_days.tick)
        self._ticker.now(self._housekeeping.tick)
        self._ticker.now(self.planner.tick)

    async def export(
        self, format_: str, unit_code: str, target: Path, *, round_code: str = "", units_now: bool = False
    ) -> int:
        """Write the registration list, of a round or of all donors, to a file; how many rows it has. `units_now`: a round's list goes
        by the units of today and not by those of its day.

        Raises ConfigError for an unknown unit or round.
        """
        async with self.database.read() as tx:
            self.house.units.refresh()
            today = self.clock.now().astimezone(self.house.settings.zone).date()
            round_ = await rounds.by_code(tx, round_code) if round_code else None
            if round_code and not round_:
                raise ConfigError(f"--round: there is no round {round_code!r}")
            by_day = today if units_now or round_ is None else round_.held_on
            index = await self.house.units.index(tx, by_day)
            unit = index.by_code(unit_code) if unit_code else None
            if unit_code and not unit:
                raise ConfigError(f"--unit: there is no unit {unit_code!r}")
            unit_ids = sorted(index.below(unit.id)) if unit else None
            rows = await donors.count(tx, unit_ids, round_id=round_.id if round_ else None)
        facts = {"unit": unit.code if unit else "all", "round": round_code, "format": format_, "rows": rows}
        at = self.clock.at()
        await self.database.write(
            lambda tx: records.add_audit(tx, "cli", "export", at=at, list="registration", **facts)
        )
        params = {"units": unit_ids, "unit": unit.name if unit else "", "round": round_code, "rows": rows}
        params |= {"language": "vi", "units_now": units_now}
        file = await self.renderer.render(0, "cli", DocumentRef(f"registration.{format_}", params), None)
        try:
            shutil.copyfile(file.path, target)
        except OSError as error:
            raise ConfigError(f"--out: cannot write {target}: {error.strerror}") from None
        return rows

    async def health(self) -> dict[str, Any]:
        """What a watcher wants to know; counts only."""
        async with self.database.read() as tx:
            counts = await outbox.counts(tx)
        telegram = self._telegram.healthy() if self._telegram else None
        return {
            "ok": telegram is not False and not any(task.done() for task in self._tasks),
            "telegram": telegram,
            "outbox": counts,
            "throttled": sum(delivery.throttled for delivery in self.deliveries),
        }

    async def close(self) -> None:
        """Graceful end: fetch nothing more, finish the turns and calls that run, close."""
        notify("STOPPING=1")
        await self._ticker.stop()
        if self._telegram:
            self._telegram.stop()
        self.turns.stop()
        self.intake.stop()
        self.caster.stop()
        for delivery in self.deliveries:
            delivery.stop()
        if self._web:
            self._web.close()
        if ending := [task for task in self._tasks if task is not self._messenger]:
            await asyncio.wait(ending, timeout=10)
        for task in self._tasks:
            task.cancel()
        if self._telegram:
            await self._telegram.close()
        if self._server:
            await self._server.close()
        self.renderer.close()
        await self.database.close()
        if self._held is not None:
            os.close(self._held)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        _LOG.critical("task_died", exc_info=task.exception())


@asynccontextmanager
async def open_app(config: Config, clock: Clock | None = None, *, demo: bool = False) -> AsyncIterator[App]:
    """An app with an open, migrated database. Raises ConfigError or DatabaseError."""
    clock = clock or Clock()
    house = house_of(config)  # first: a wrong file leaves no database behind
    database = await open_database(config.storage.url, config.storage.key.get_secret_value())
    try:
        for name in await migrate(database, clock.at()):
            event(_LOG, "migrated", schema=name)
        app = App(config, database, clock, house, demo=demo)
    except BaseException:
        await database.close()
        raise
    try:
        yield app
    finally:
        await app.close()

"""What the web chat does not do for strangers, programs and broken clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App
from bot.demo import OFFICER_UNIT
from tests.bot.webchat import Visitor, house, running
from tests.program import rows

ID = "an-id-of-mine"
PUBLIC = "https://hienmau.example.vn"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The public chat behind a proxy, nobody registered."""
    async with running(house(tmp_path, public_url=PUBLIC)) as app:
        yield app


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[App]:
    """The demonstration."""
    async with running(house(tmp_path), demo=True) as app:
        yield app


async def test_a_forged_cookie_is_nobody(app: App) -> None:
    """Without our signature there is no session to speak for; a page gets a fresh one."""
    async with Visitor(app) as victim, Visitor(app) as thief:
        await victim.send(text="bí mật")
        session, _, mark = victim.cookie.rpartition(".")
        for forged in (f"{session}.{'0' * 32}", session, f"{session}.", f"{session}x.{mark}", f".{mark}", "é.é"):
            thief.cookie = forged
            assert (await thief.post({"id": ID, "text": "hi"}))[0] == 401, forged
            async with thief.http.get(f"{thief.chat}/menu") as response:
                assert session not in response.headers["Set-Cookie"]
            thief.cookie = forged
            assert await thief.history() == [], forged


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(app: App) -> None:
    """HttpOnly, SameSite, and Secure where people come by https."""
    async with Visitor(app) as visitor:
        visitor.http.cookie_jar.clear()
        for host, secure in (("hienmau.example.vn", True), ("127.0.0.1", False)):
            async with visitor.http.get(visitor.base, headers={"Host": host}) as response:
                cookie = response.headers["Set-Cookie"]
            assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
            assert ("Secure" in cookie) is secure
            visitor.http.cookie_jar.clear()


async def test_one_session_never_sees_anothers_files(demo: App) -> None:
    """A file is there for the chat it was sent into; its address alone opens nothing."""
    async with Visitor(demo, "admin") as admin, Visitor(demo, "admin") as other:
        stream = await admin.open()
        await admin.send(text="/xuat")
        await admin.press(await stream.said(), "Mọi người")
        await admin.press(await stream.said(), "Tất cả")
        await admin.press(await stream.said(), "CSV")
        while not (message := await stream.said())["file"]:
            pass
        path = message["file"]["url"]
        assert (await admin.get(path))[0] == 200
        assert (await other.get(path))[0] == 404
        assert (await admin.get(path.replace("/admin/", "/donor/")))[0] == 404
        assert (await admin.get(path.rpartition("/")[0] + "/other.csv"))[0] == 404
        assert await other.history() == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2fpages.py",
        "/static/%2e%2e%2fpages.py",
        "/static/..",
        "/static/",
        "/static/../pages.py",
        "/static/nothing.js",
        "/static/chat.js%00.png",
        "/chat/me/file/1/..%2f..%2ftest.db",
        "/chat/me/file/1/..",
        "/chat/me/file/0/x",
        "/chat/me/file/-1/x",
        "/chat/me/file/99999999999999999999999/x",
        "/chat/me/file/1%2f..%2f2/x",
        "/chat/me/file/1/a%00b",
        f"/chat/me/file/1/{'x' * 5000}",
    ],
)
async def test_no_path_leads_out_of_the_folder(app: App, path: str) -> None:
    """404, whatever is tried."""
    async with (
        Visitor(app) as visitor,
        visitor.http.get(aiohttp.client.URL(visitor.base + path, encoded=True)) as response,
    ):
        assert response.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/chat/donor/menu",
        "/chat/officer/events",
        "/chat/admin/menu",
        "/demo/clock",
        "/chat/x/menu",
        "/chat/me.admin/menu",
    ],
)
async def test_the_public_chat_has_no_seats_and_no_clock(app: App, path: str) -> None:
    """What the demonstration gives away, the real thing does not know."""
    async with Visitor(app) as visitor:
        assert (await visitor.get(path))[0] == 404


async def test_the_demo_has_three_seats_and_no_other(demo: App) -> None:
    """Each seat has its role from the table; nobody becomes admin by the public address."""
    async with Visitor(demo, "donor") as donor, Visitor(demo, "officer") as officer, Visitor(demo, "admin") as admin:
        has_export = ["/xuat" in [c["command"] for c in (await v.menu())["commands"]] for v in (donor, officer, admin)]
        assert has_export == [False, False, True]
        has_rounds = ["/dot" in [c["command"] for c in (await v.menu())["commands"]] for v in (donor, officer, admin)]
        assert has_rounds == [False, True, True]
        assert (await donor.get("/chat/me/menu"))[0] == 404
    seats = rows(demo, "SELECT r.role, u.code FROM roles r LEFT JOIN units u ON u.id = r.unit_id ORDER BY r.role")
    assert seats == [("admin", None), ("officer", OFFICER_UNIT)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"id": "an-id-of-mine", "text": "\\ud800"}',
        b"[" * 50_000,
        {"text": "hi"},
        {"id": "short", "text": "hi"},
        {"id": "x" * 65, "text": "hi"},
        {"id": "with space", "text": "hi"},
        {"id": ID},
        {"id": ID, "text": "  \n "},
        {"id": ID, "text": 5},
        {"id": ID, "text": ["hi"]},
        {"id": ID, "choice": "x" * 65},
        {"id": ID, "choice": {"value": "x"}},
        {"id": ID, "start": "x" * 65},
        {"id": ID, "choice": "1.name:x", "label": "x" * 201},
    ],
)
async def test_what_is_no_message_is_refused_and_not_kept(app: App, body: Any) -> None:
    """400, and the chat stays empty."""
    async with Visitor(app) as visitor:
        assert (await visitor.post(body))[0] == 400
        assert await visitor.history() == []


async def test_too_much_is_refused_before_it_is_read(app: App) -> None:
    """413 by the announced size, and by what really comes where none was announced."""

    async def flood() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    async with Visitor(app) as visitor:
        assert (await visitor.post({"id": ID, "text": "x" * 200_001}))[0] == 413
        async with visitor.http.post(f"{visitor.chat}/send", data=flood()) as response:
            assert response.status == 413


async def test_other_sites_may_not_speak_for_the_person(app: App) -> None:
    """A foreign Origin is refused; ours, the proxy's public one and none at all are not."""
    async with Visitor(app) as visitor:
        for number, (origin, status) in enumerate(
            [
                ("https://evil.example", 403),
                ("null", 403),
                (f"{visitor.base}.evil.example", 403),
                (f"https://evil.example/{PUBLIC}", 403),
                (visitor.base, 200),
                (PUBLIC, 200),
            ]
        ):
            body = {"id": f"origin-{number}", "text": "hi"}
            assert (await visitor.post(body, headers={"Origin": origin}))[0] == status, origin


async def test_a_flood_waits_and_nobody_else_does(app: App) -> None:
    """After a burst 429 with the time to wait; another person is answered as before."""
    async with Visitor(app) as program, Visitor(app) as person:
        answers = [await program.post({"id": f"flood-{number:04}", "text": "hi"}) for number in range(60)]
        status, body = answers[-1]
        assert status == 429 and 0 < body["retry_after"] < 60
        assert [status for status, _ in answers[:30]] == [200] * 30
        stream = await person.open()
        await person.send(text="/help")
        assert (await stream.said())["text"]


async def test_every_answer_carries_the_headers_that_keep_scripts_out(app: App) -> None:
    """No inline script, no frame of another site, no sniffing."""
    async with Visitor(app) as visitor:
        for path in ("/", "/static/chat.js", "/chat/me/menu"):
            status, _, headers = await visitor.get(path)
            assert status == 200 and headers["X-Content-Type-Options"] == "nosniff"
            policy = headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "unsafe" not in policy


async def test_an_officer_may_not_take_the_list(demo: App) -> None:
    """A polite no, and the try is on record."""
    async with Visitor(demo, "officer") as officer:
        stream = await officer.open()
        await officer.send(text="/export")
        assert "người quản trị" in (await stream.said())["text"]
        async with demo.database.read() as tx:
            actions = await tx.all("SELECT action FROM audit WHERE address LIKE '%.officer'")
        assert actions == [("refused",)]

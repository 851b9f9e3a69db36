"""Broadcasts over real HTTP: the message that shows how far one is, its buttons, two officers at once, and the night."""

from __future__ import annotations

from typing import Any

from core.audience import Audience
from core.broadcasts import Content
from core.people import Role
from storage import broadcasts
from storage.broadcasts import New
from tests.program import AtTelegram, grant, until
from tests.servers.telegram import Person
from tests.servers.telegram.errors import BLOCKED, forbidden

BUSY = "SELECT 1 FROM inbox WHERE state = 'new' UNION ALL SELECT 1 FROM outbox WHERE address = ? AND state IN ('pending', 'sending')"
STRAY = "Chào {ten}: _một *hai <ba> [bốn](năm) `sáu` &amp; \\ ~bảy~"


async def crowd(telegram: AtTelegram, count: int, unit: str = "SYT") -> list[Person]:
    """So many donors of a unit, who have talked with the bot."""
    found = []
    for _ in range(count):
        person = telegram.server.person()
        person.chat.met = True
        found.append(person)

    async def fill(tx: Any) -> None:
        (unit_id,) = await tx.one("SELECT id FROM units WHERE code = ?", (unit,))
        for person in found:
            rows = await tx.run(
                "INSERT INTO people (address, language, created_at) VALUES (?, 'vi', 1) RETURNING id",
                (f"telegram:{person.id}",),
            )
            await tx.run(
                "INSERT INTO donors (person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
                " created_at, updated_at) VALUES (?, 'Lò Thị Hoa', 'x', ?, 1990, 'year', 'F', 'O', '+', 0, '+84900000000', 1, 1)",
                (rows[0][0], unit_id),
            )

    await telegram.app.database.write(fill)
    return found


async def officer(telegram: AtTelegram, unit: str = "YT") -> Person:
    """Somebody who may write to that unit."""
    person = telegram.server.person()
    person.chat.met = True
    await grant(telegram.app, f"telegram:{person.id}", Role.OFFICER, unit=unit)
    return person


async def answered(telegram: AtTelegram, person: Person, words: str) -> None:
    """Wait until the last message but those that are edited holds these words."""
    await until(lambda: any(words in message.text for message in person.messages), words)


async def send(telegram: AtTelegram, person: Person, words: str) -> None:
    """Compose, confirm; the broadcast begins by itself."""
    for step in ("/thongbao", "[Tiếp: soạn lời tin]", "[Tự viết]", words, "[Gửi…]", "[Gửi ngay]", "[Gửi]"):
        before = len(person.messages)
        if step.startswith("["):
            person.press(step[1:-1])
        else:
            person.say(step)
        await until(lambda before=before: len(person.messages) > before, step)  # type: ignore[misc]
        await until(lambda: not telegram.rows(BUSY, f"telegram:{person.id}"), step)


def live(person: Person) -> Any:
    """The message that shows how far the newest broadcast is, as it stands now."""
    return [
        message
        for message in person.messages
        if message.text.startswith("📣 Thông báo số") and "đã gửi xong:" not in message.text
    ][-1]


async def test_one_message_shows_how_far_it_is_and_is_changed_in_place(telegram: AtTelegram) -> None:
    """Blocked people among them; plain text stays plain text; the same again is no error, and no message more."""
    people = await crowd(telegram, 12)
    people[3].chat.refusal = forbidden(BLOCKED)  # It is found out by writing.
    telegram.app.progress.every_s = 0.05
    head = await officer(telegram)
    await send(telegram, head, STRAY)
    await until(lambda: telegram.rows("SELECT state FROM broadcasts") == [("done",)])
    await until(lambda: "đã gửi xong" in live(head).text)
    assert "🟥" * 10 in live(head).text
    assert "✅ Đã gửi: 11\n🚫 Đã chặn bot: 1\n⏳ Còn lại: 0" in live(head).text
    assert live(head).buttons == [["Tệp người chưa nhận"]]
    await answered(telegram, head, "Chưa nhận được: 1 người")
    assert len([m for m in head.messages if m.text.startswith("📣")]) == 2, "one that is changed, and the last word"
    for person in (*people[:3], *people[4:]):
        [message] = person.messages
        assert message.text.startswith(STRAY.replace("{ten}", "Lò Thị Hoa"))
        assert [entity["type"] for entity in message.entities] == ["bot_command"], (
            "the way to hear no more, and nothing else"
        )
    edits = len([call for call in telegram.server.calls if call.method == "editMessageText"])
    await telegram.app.progress.show()
    await telegram.app.progress.show()
    assert len([call for call in telegram.server.calls if call.method == "editMessageText"]) == edits, (
        "nothing new, nothing said"
    )
    telegram.app.progress._shown.clear()  # As after a restart.
    telegram.app.progress._looked_at = float("-inf")
    await telegram.app.progress.show()
    refused = [
        call
        for call in telegram.server.calls
        if call.method == "editMessageText" and "not modified" in (call.description or "")
    ]
    assert len(refused) == 1 and telegram.server.calls[-1].method  # It was refused, and nobody heard of it.


async def test_the_buttons_below_it_pause_resume_and_stop(telegram: AtTelegram) -> None:
    """Two officers side by side: what one pauses does not touch the other's."""
    mine, others = await crowd(telegram, 6), await crowd(telegram, 6, "GD")
    head, other = await officer(telegram), await officer(telegram, "GD")
    telegram.app.progress.every_s = 0.05
    for delivery in telegram.app.deliveries:  # Nothing of a broadcast leaves until it is paused.
        delivery._quiet = lambda _: True
    await send(telegram, head, "Tin một {ten}")
    await send(telegram, other, "Tin hai {ten}")
    await until(lambda: telegram.rows("SELECT count(*) FROM outbox WHERE broadcast_id IS NOT NULL") == [(12,)])
    head.press("Tạm dừng")
    await until(lambda: "đang tạm dừng" in live(head).text)
    for delivery in telegram.app.deliveries:
        delivery._quiet = lambda _: False
        delivery.wake()
    await until(lambda: all(person.messages for person in others))
    assert not any(person.messages for person in mine)
    await until(lambda: live(head).buttons == [["Gửi tiếp", "Dừng hẳn"]])
    head.press("Gửi tiếp")
    await until(lambda: all(len(person.messages) == 1 for person in mine))
    await until(lambda: telegram.rows("SELECT DISTINCT state FROM broadcasts") == [("done",)])
    assert all(len(person.messages) == 1 for person in (*mine, *others))


async def test_a_broadcast_at_night_waits_for_the_morning_unless_it_was_said(telegram: AtTelegram) -> None:
    """Delivery holds the lane of broadcasts; one that may go at night goes."""
    people = await crowd(telegram, 2)
    head = await officer(telegram)

    async def add(tx: Any, words: str, *, night: bool) -> None:
        own = frozenset(row[0] for row in await tx.all("SELECT id FROM units WHERE code IN ('YT', 'SYT', 'BVDK')"))
        await broadcasts.add(
            tx, New(f"telegram:{head.id}", Content({"vi": words}, night=night), Audience(own), 2, 1, 1)
        )

    for delivery in telegram.app.deliveries:
        delivery._quiet = lambda _: True
    await telegram.app.database.write(lambda tx: add(tx, "Ban ngày", night=False))
    await telegram.app.database.write(lambda tx: add(tx, "Khẩn, trong đêm", night=True))
    await until(lambda: all(person.messages for person in people))
    assert [m.text.split("\n")[0] for p in people for m in p.messages] == ["Khẩn, trong đêm"] * 2

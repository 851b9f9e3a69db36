"""What a self-check was told is in no table once it has ended: the program, the web chat with its log, another connection."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.app import App
from tests.players.player import Player
from tests.players.web import Browsers
from tests.program import program, rows, until

REGISTER = ["/dangky", "[Đồng ý]", "Lương Minh Quân", "Sở Y tế", "15/8/1992", "[Nam]", "O+", "0", "0912345678", "[Lưu]"]
TO_THE_LIST = ["/tukiemtra", "[Đồng ý]", "61,5"]
TATTOO = ["[Xăm, xỏ khuyên, hoặc dính máu của người khác]", "[Xăm trổ trên da]", "19/8/2026"]
# Whatever was answered, however it was written: words, row of the rules, day, weight.
ANSWERS = ("61,5", "615", "Xăm", "tattoo", "19/8/2026", "2026-08-19", "không chắc", "HIV")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The program with the units and rounds of the tests."""
    async with program(tmp_path) as app:
        yield app


@pytest.fixture
async def donor(app: App) -> AsyncIterator[Player]:
    """Somebody who is registered, at the web chat."""
    async with AsyncExitStack() as browsers:
        player = await Browsers(app, browsers).join("Donor", "vi")
        for line in REGISTER:
            await player.play(line)
        yield player


async def play(player: Player, *lines: str) -> None:
    """One line after the other, each once all is answered and said."""
    for line in lines:
        await player.play(line)


def found(app: App) -> set[tuple[str, str]]:
    """(table, answer) for every answer that stands anywhere in the database."""
    tables = [name for (name,) in rows(app, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    text = {table: "\n".join(map(repr, rows(app, f"SELECT * FROM {table}"))) for table in tables}
    # As a word of its own: figures stand in hashes and times by chance.
    return {(table, answer) for table in tables for answer in ANSWERS if re.search(rf"\b{answer}\b", text[table])}


async def test_answers_stand_in_the_conversation_and_the_chat_alone(app: App, donor: Player) -> None:
    """While the form is open: so the search below finds what there is to find."""
    await play(donor, *TO_THE_LIST, *TATTOO)
    assert {table for table, _ in found(app)} == {"conversations", "bubbles"}
    assert {"615", "tattoo", "2026-08-19"} <= {answer for _, answer in found(app)}


async def test_after_the_end_they_are_nowhere(app: App, donor: Player) -> None:
    """Verdict and date are all that remains."""
    await play(donor, *TO_THE_LIST, *TATTOO, "[Không còn điều nào]", "[Không]", "[Không]")
    assert found(app) == set()
    assert rows(app, "SELECT deferred_until, stopped, ask_staff, eligible_on FROM donors") == [
        ("2027-02-19", 0, 0, "2027-02-19")
    ]


async def test_after_a_risk_answer_they_are_nowhere(app: App, donor: Player) -> None:
    """Only that the person does not go on; not even the tattoo's day."""
    await play(donor, *TO_THE_LIST, *TATTOO, "[Không còn điều nào]", "[Không]", "[Có, hoặc tôi không chắc]")
    assert found(app) == set()
    assert rows(app, "SELECT deferred_until, stopped, ask_staff, eligible_on FROM donors") == [(None, 1, 0, None)]


@pytest.mark.parametrize("end", ["[✕ Huỷ]", "/huy"])
async def test_after_a_stop_they_are_nowhere(app: App, donor: Player, end: str) -> None:
    """Whoever breaks off leaves nothing, and nothing of before is changed."""
    await play(donor, *TO_THE_LIST, *TATTOO, end)
    assert found(app) == set()
    assert rows(app, "SELECT deferred_until, stopped, ask_staff FROM donors") == [(None, 0, 0)]


async def test_a_form_that_was_left_open_is_forgotten_within_a_day(app: App, donor: Player) -> None:
    """After twelve hours, not after the days of other forms."""
    await play(donor, *TO_THE_LIST, *TATTOO)
    await donor.wait(13, "hours")
    await until(lambda: found(app) == set(), "the answers are gone")
    assert rows(app, "SELECT 1 FROM conversations") == []


async def test_a_question_in_between_keeps_the_form_and_its_secret(app: App, donor: Player) -> None:
    """/xoa and back: the form goes on, and in the end the answers are gone all the same."""
    await play(donor, *TO_THE_LIST, *TATTOO, "/xoa", "[Giữ lại]", "[Không còn điều nào]", "[Không]", "[Không]")
    assert found(app) == set()
    assert rows(app, "SELECT deferred_until FROM donors") == [("2027-02-19",)]


async def test_what_was_said_before_the_self_check_stays_in_the_chat(app: App, donor: Player) -> None:
    """The log loses the self-check, not the registration."""
    before = rows(app, "SELECT id FROM bubbles ORDER BY id")
    await play(donor, *TO_THE_LIST, "[✕ Huỷ]")
    assert rows(app, "SELECT id FROM bubbles ORDER BY id")[: len(before)] == before

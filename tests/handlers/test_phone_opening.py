"""Whoever looks up somebody's number leaves a trace, and the person can see that it was done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.dialogue import Inbound, Text
from core.people import Donor, Person
from handlers.phone_opening import open_phone
from handlers.turn import Turn
from storage import donors
from tests.handlers.conversations import House
from tests.handlers.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_opened_number_is_on_record_without_the_number(house: House) -> None:
    """Who, when, of which unit, and an alias of the person; /dulieu tells the person how often."""
    office = Office(house)
    officer = await office.officer("YT")
    person = await office.donor("SYT", phone="+84900000007")

    async def opened(tx: Any) -> str:
        donor = await donors.of_person(tx, person)
        assert isinstance(donor, Donor)
        turn = Turn(
            house.app.house, Inbound(officer, Text("")), house.app.clock.now(), Person(officer, "vi"), tx.nested()
        )
        return await open_phone(turn, person, donor)

    assert await house.app.database.write(opened) == "0900 000 007"
    ((action, detail),) = house.rows("SELECT action, detail FROM audit WHERE address = ?", officer)
    assert action == "phone_opened"
    assert json.loads(detail)["unit"] == "SYT"
    (address,) = house.rows("SELECT address FROM people WHERE id = ?", person)[0]
    assert "900" not in detail and address not in detail and set(json.loads(detail)) == {"unit", "person"}
    await office.do(address, "/dulieu")
    said = "\n".join(message.get("text", "") for message in house.said(address))
    assert "mở xem 1 lần, gần nhất lúc 08:00, 22/11/2026" in said

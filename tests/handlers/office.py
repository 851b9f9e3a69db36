"""The office of rounds, as its tests use it: officers, donors and what they tap."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.ages import Birth
from core.blood import Abo, Rh
from core.dialogue import Press, typed
from core.joins import JoinState
from core.people import Donor, Role, Sex
from core.rounds import Round
from storage import donors, joins, people, rounds
from tests.handlers.conversations import House
from tests.program import grant

CODE = "LS-2026-11"


@dataclass
class Office:
    """Talks with one house, whose plan is that of tests/data/house.toml."""

    house: House

    async def officer(self, unit: str) -> str:
        """The address of an officer of this unit; "" for none yet."""
        address = self.house.newcomer()
        await grant(self.house.app, address, Role.OFFICER, unit=unit)
        return address

    async def admin(self) -> str:
        """The address of an administrator."""
        address = self.house.newcomer()
        await grant(self.house.app, address, Role.ADMIN)
        return address

    async def do(self, address: str, *lines: str) -> str:
        """Type lines; "[Lưu]" taps the button with this label. The text of the last message."""
        for line in lines:
            what = Press(self.token(address, line[1:-1])) if line.startswith("[") else typed(line)
            await self.house.do(address, [what])
        return self.last(address)

    def last(self, address: str) -> str:
        """The text of the last message."""
        said = self.house.said(address)
        return str(said[-1].get("text", "")) if said else ""

    def labels(self, address: str) -> list[str]:
        """The choices of the last message, without back and leave."""
        return [label for label, _, nav in self.house.said(address)[-1].get("buttons", []) if not nav]

    def token(self, address: str, label: str) -> str:
        """What the button with this label sends."""
        buttons = {label: token for label, token, _ in self.house.said(address)[-1].get("buttons", [])}
        assert label in buttons, f"nobody offered {label!r}, but {list(buttons)}"
        return str(buttons[label])

    async def donor(
        self, unit: str = "SYT", *, phone: str = "+84912345678", name: str = "Đặng Thu Hà", **facts: Any
    ) -> int:
        """A registered donor; the id of the person."""
        address = self.house.newcomer()

        async def write(tx: Any) -> int:
            person = await people.keep(tx, address, "vi", 1)
            unit_id = (await tx.one("SELECT id FROM units WHERE code = ?", (unit,)))[0]
            known = Donor(
                full_name=name, unit_id=unit_id, unit_text="", birth=Birth("date", date(1992, 8, 15), 1992), sex=Sex.FEMALE,
                abo=Abo.O, rh=Rh.POSITIVE, donations=0, last_donation=None, phone=phone,
            )  # fmt: skip
            changed = Donor(**{name: getattr(known, name) for name in known.__slots__} | facts)
            await donors.save(tx, person, changed, 1, eligible_on=None)
            return person

        return await self.house.app.database.write(write)

    async def joins(self, person: int, state: JoinState = JoinState.CERTAIN, code: str = CODE) -> None:
        """The person answers a round."""

        async def write(tx: Any) -> None:
            round_ = await rounds.by_code(tx, code)
            assert round_
            await joins.answer(tx, round_, person, joins.Wish(state), at=1)

        await self.house.app.database.write(write)

    async def round(self, code: str = CODE) -> Round:
        """The round as it is stored."""
        async with self.house.app.database.read() as tx:
            found = await rounds.by_code(tx, code)
        assert found
        return found

    async def add(self, round_: Round) -> None:
        """One round more."""
        await self.house.app.database.write(lambda tx: rounds.write(tx, round_))

    async def unit(self, code: str) -> int:
        """The id of a unit."""
        return int(self.house.rows("SELECT id FROM units WHERE code = ?", code)[0][0])

    def audit(self, address: str) -> list[tuple[str, dict[str, Any]]]:
        """What is on record of somebody."""
        return [
            (action, json.loads(detail))
            for action, detail in self.house.rows(
                "SELECT action, detail FROM audit WHERE address = ? ORDER BY id", address
            )
        ]

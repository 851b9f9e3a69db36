"""The demonstration: the plan of Lai Châu 2021, the units of Lạng Sơn, and a few hundred people who do not exist."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

from bot.channel import Blocked, Parcel
from bot.plans import read_plan, write_plan
from core.ages import Birth
from core.blood import Abo, Rh
from core.dialogue import Reply
from core.eligibility import eligible_on
from core.people import Donor, Grant, Role, Sex
from core.rule_sets import RuleBook, RuleSet
from storage import donors, marks, people, roles, units
from storage.database import Database, Tx

START = datetime(2021, 3, 1, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam, four days before round 3.
OFFICER_UNIT = "LC-SINHO"  # The officer's seat; round 3, the first to come, is theirs.
_TERRITORY = "T-LANGSON"
_PLAN = Path(__file__).parent / "plan.toml"
_LOADED = "demo.loaded"
_DONORS = 320
_YEAR = 2021
_FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Lò",
    "Vàng",
    "Giàng",
    "Lý",
    "Tẩn",
    "Nông",
)
_MIDDLE = {Sex.MALE: ("Văn", "Đức", "Minh", "Quang", "A"), Sex.FEMALE: ("Thị", "Thu", "Ngọc", "Thanh", "Hồng")}
_GIVEN = {
    Sex.MALE: ("An", "Bình", "Cường", "Dũng", "Đạt", "Đức", "Hà", "Páo", "Sơn", "Tùng", "Vinh", "Ước"),
    Sex.FEMALE: ("Ánh", "Ấn", "Hạ", "Hằng", "Mai", "Ngân", "Oanh", "Thảo", "Uyên", "Ý", "Yến", "Dung"),
}
# ABO in Vietnam: O 45, B 30, A 20, AB 5 in a hundred. Source: domain note 2.
_ABO = [Abo.O] * 45 + [Abo.B] * 30 + [Abo.A] * 20 + [Abo.AB] * 5


class Crowd:
    """The channel of the invented people: they get every message but for those who blocked the bot; reports tell of them."""

    name = "demo"

    async def send(self, parcel: Parcel) -> str:
        """Heard by nobody. Raises Blocked for one person in sixteen, always the same ones."""
        if int(parcel.chat) % 16 == 1:
            raise Blocked("a person of the demonstration")
        return f"demo-{parcel.id}"

    async def edit(self, address: str, external_id: str, reply: Reply) -> None:
        """Nobody looks."""


async def load(database: Database, rules: RuleBook, at: int) -> bool:
    """Fill an empty database; True where it was filled now."""

    async def fill(tx: Tx) -> bool:
        if await marks.get(tx, _LOADED, ""):
            return False
        await write_plan(tx, read_plan(_PLAN))
        await _people(tx, rules.of("", START.date()), at)
        await marks.set_(tx, _LOADED, "1")
        return True

    return await database.write(fill)


async def _people(tx: Tx, rules: RuleSet, at: int) -> None:
    rng = random.Random(2021)  # noqa: S311 (the same invented people on every machine)
    index = await units.index_of(tx, START.date())
    territory = index.by_code(_TERRITORY)
    assert territory
    outside = index.below(territory.id)  # People belong to an organisation, not to a piece of land.
    homes = [
        unit.id for unit in index.units.values() if unit.parent_id and index.in_force(unit) and unit.id not in outside
    ]
    for number in range(_DONORS):
        person = await people.keep(tx, f"demo:{number}", "vi", at)
        donor = _donor(rng, number, rng.choice(homes))
        await donors.save(tx, person, donor, at, eligible_on=eligible_on(rules, donor))


def _donor(rng: random.Random, number: int, unit_id: int) -> Donor:
    sex = rng.choice((Sex.MALE, Sex.FEMALE))
    name = f"{rng.choice(_FAMILY)} {rng.choice(_MIDDLE[sex])} {rng.choice(_GIVEN[sex])}"
    donations = rng.choice((0, 0, 0, 1, 1, 2, 3, 4, 5, 7, 12))
    known = rng.random() < 0.7
    last = date(_YEAR - 1, rng.randint(1, 11), rng.randint(1, 28)).isoformat() if donations else None
    return Donor(
        full_name=name,
        unit_id=unit_id,
        unit_text="",
        birth=Birth("year", None, rng.randint(_YEAR - 58, _YEAR - 19)),
        sex=sex,
        abo=rng.choice(_ABO) if known else Abo.UNKNOWN,
        rh=Rh.POSITIVE if known and rng.random() < 0.5 else Rh.UNKNOWN,
        donations=donations,
        last_donation=last,
        phone=f"+84900000{number:03}",  # A block that no operator has given to a person.
    )


async def take_seat(database: Database, address: str, role: Role, language: str, *, at: int) -> None:
    """Give the officer's or the admin's chat its role and unit in the table, from which everybody has theirs."""
    async with database.read() as tx:
        known = (await people.load(tx, [address])).get(address)
    if known and known.role >= role:
        return

    async def seat(tx: Tx) -> None:
        await people.keep(tx, address, language, at)
        unit = await tx.one("SELECT id FROM units WHERE code = ?", (OFFICER_UNIT,))
        unit_id = unit[0] if unit and role is Role.OFFICER else None
        await roles.grant(tx, address, Grant(role, unit_id), by="demo", at=at)

    await database.write(seat)

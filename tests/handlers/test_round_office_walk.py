"""Whatever is pressed and typed in the office of rounds, in whatever order, nothing breaks and nobody leaves their units."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Expired, Other, Press, typed
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

_TYPED = (
    "/dot", f"/dot {CODE}", "/dot LS-2026-12", "/dot new", f"/dot copy {CODE}", "/dot NOPE", "/lich", "/huy", "quay lại", "thoát",
    "1", "2", "3", "7", "13", "0", "99", "12/12/2026", "dự kiến 20/12/2026", "31/11/2026", "7h-11h", "07:30=2; 08:30=2", "21.8, 106.7",
    "Nhà A hoặc Nhà B", "so y te", "cdn y te", "tinh doan", "Ngày", "Sức chứa", "Đơn vị mời", "Các phần", "Lễ, 08:00-09:00, Nhà A",
    "0912345678", "0900000001", "Bão", "?!", "x" * 300, "7 08:00, 1 18:00", "xong", "lưu", "bỏ qua", "🩸",
)  # fmt: skip


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rounds, and donors who may be added."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        office = Office(House(app))
        for unit in ("SYT", "BVDK", "GD"):
            await office.donor(unit)
        await office.donor("SYT", phone="+84900000001", name="Lò Minh Đức")
        yield office


@pytest.mark.parametrize("seed", range(6))
async def test_a_walk_at_random(office: Office, seed: int) -> None:
    """No turn fails; an officer's walk leaves the other unit's round as it was, and every round they made invites their own alone."""
    rng = random.Random(seed)
    officer = await office.officer("YT")
    walker = officer if seed % 2 else await office.admin()
    others = office.house.rows("SELECT * FROM rounds WHERE code = 'LS-2026-12'")
    for _ in range(150):
        tokens = office.house.tokens(walker)
        what = typed(rng.choice(_TYPED))
        if tokens and rng.random() < 0.75:
            what = Press(rng.choice(tokens))
        elif rng.random() < 0.05:
            what = rng.choice((Expired(), Other("sticker"), Press("zz.card:edit")))
        await office.house.do(walker, [what])
        failed = office.house.rows("SELECT count(*) FROM inbox WHERE attempts > 0")
        assert failed == [(0,)], what
    if walker is officer:
        assert office.house.rows("SELECT * FROM rounds WHERE code = 'LS-2026-12'") == others
        outside = office.house.rows(
            "SELECT r.code FROM rounds r JOIN round_units ru ON ru.round_id = r.id JOIN units u ON u.id = ru.unit_id"
            " WHERE r.code <> 'LS-2026-12' AND u.code NOT IN ('YT', 'SYT', 'BVDK')"
        )
        assert outside == []
        assert office.house.rows("SELECT 1 FROM rounds WHERE id NOT IN (SELECT round_id FROM round_units)") == []

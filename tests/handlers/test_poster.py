"""The poster of a unit: its QR leads to that unit, it prints on one page, and officers get that of their own units alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import segno

from bot.app import open_app
from bot.clock import Clock
from bot.i18n import load_words
from bot.plans import read_plan, write_plan
from handlers.documents import DOCUMENTS, Paper
from tests.handlers.conversations import House
from tests.handlers.office import Office
from tests.program import DATA, NOW, config_of

LINK = "https://t.me/giothong_ls_bot?start=u_BVDK"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house that people find at an address."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        app.house.links.web = "https://hien.example"
        yield Office(House(app))


async def drawn(office: Office, folder: Path, kind: str, unit: str = "BVDK", organisation: str = "LĐLĐ") -> Path:
    """The file, as the child would draw it."""
    settings = office.house.app.house.settings
    paper = Paper(load_words("vi"), "vi", NOW.date(), NOW, organisation, "", settings.zone)
    params = {"unit": unit, "link": LINK, "contact": settings.contact, "kind": kind}
    path = folder / f"a.{kind}"
    async with office.house.app.database.read() as tx:
        await DOCUMENTS[f"poster.{kind}"].write(tx, paper, params, path)
    return path


@pytest.mark.slow
async def test_the_qr_on_the_picture_is_the_link(office: Office, tmp_path: Path) -> None:
    """Module by module; four light ones around; at least 7 cm on paper; also on a poster with much to say."""
    from PIL import Image

    unit = await office.unit("BVDK")
    long = "Công đoàn cơ sở Trung tâm Y tế khu vực Hữu Lũng trực thuộc Công đoàn ngành Y tế tỉnh Lạng Sơn"
    await office.add(
        replace(await office.round(), place=long, place_address="số 12 đường Hùng Vương, phường Lương Văn Tri")
    )
    for name in ("Bệnh viện Đa khoa tỉnh", long):
        await office.house.app.database.write(
            lambda tx, name=name: tx.run("UPDATE units SET name = ? WHERE id = ?", (name, unit))
        )
        await office.house.app.database.write(
            lambda tx: tx.run("UPDATE marks SET value = value + 1 WHERE name = 'units.revision'")
        )
        path = await drawn(office, tmp_path, "png", organisation=f"Ban Chỉ đạo vận động hiến máu tình nguyện, {name}")
        with Image.open(path) as opened:
            grey = opened.convert("L")
        # Nothing else on the poster is pure black.
        left, top, right, bottom = grey.point(lambda value: 255 if value < 8 else 0).getbbox()
        matrix = [list(row) for row in segno.make_qr(LINK, error="q").matrix]
        module = (right - left) / len(matrix)
        assert abs((right - left) - (bottom - top)) <= 2 and right - left > 7 / 2.54 * 200
        seen = [
            [
                int(grey.getpixel((int(left + (x + 0.5) * module), int(top + (y + 0.5) * module))) < 128)
                for x in range(len(matrix))
            ]
            for y in range(len(matrix))
        ]
        assert seen == matrix
        quiet = round(3.5 * module)
        around = [
            grey.getpixel((x, y)) for x in range(left - quiet, right + quiet, 7) for y in (top - quiet, bottom + quiet)
        ]
        assert min(around) > 200
        if name == long:
            words_below = grey.crop((0, grey.height - 40, grey.width, grey.height - 35))
            assert words_below.getextrema()[0] > 60  # Only the red band: the foot has not been pushed off the page.


@pytest.mark.slow
async def test_the_page_to_print_is_one_a4_with_its_letters_in_it(office: Office, tmp_path: Path) -> None:
    """And without the name of whoever asked."""
    pdf = (await drawn(office, tmp_path, "pdf")).read_bytes()
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 1
    assert b"/FontFile2" in pdf and b"595.28" in pdf and b"841.89" in pdf


async def test_a_poster_of_a_unit_that_is_gone_is_not_made(office: Office, tmp_path: Path) -> None:
    """Between the tap and the drawing."""
    with pytest.raises(LookupError):
        await drawn(office, tmp_path, "pdf", "NOWHERE")


def files(office: Office, address: str) -> list[tuple[str, str]]:
    """The documents that were asked for: which, and of which unit with which link."""
    found = [said["document"] for said in office.house.said(address) if "document" in said]
    return [(one["document"], one["params"]["link"]) for one in found]


async def test_one_tap_for_an_officer_of_one_unit(office: Office) -> None:
    """Both files, in the house's language, whatever the officer reads."""
    officer = await office.officer("SYT")
    await office.do(officer, "/poster")
    link = "https://hien.example/?start=u_SYT"
    assert files(office, officer) == [("poster.pdf", link), ("poster.png", link)]
    assert office.house.said(officer)[-1]["document"]["params"]["language"] == "vi"
    office.house.app.house.links.telegram = "giothong_bot"
    await office.do(officer, "/apphich SYT")
    assert files(office, officer)[-1][1] == "https://t.me/giothong_bot?start=u_SYT"


async def test_an_officer_of_many_chooses_among_their_own(office: Office) -> None:
    """By a few letters or down the tree, and from the card of a unit."""
    officer = await office.officer("YT")
    assert "Áp phích của đơn vị nào" in await office.do(officer, "/apphich")
    await office.do(officer, "so y te")
    assert files(office, officer)[0][1].endswith("u_SYT")
    await office.do(officer, "/donvi BVDK", "[Áp phích có mã QR]")
    assert files(office, officer)[-1][1].endswith("u_BVDK")


@pytest.mark.parametrize("unit", ["GD", "", None])
async def test_nobody_else_gets_it(office: Office, unit: str | None) -> None:
    """Another unit's officer, one without a unit, a donor: refused, and on record."""
    address = office.house.newcomer() if unit is None else await office.officer(unit)
    await office.do(address, "/apphich SYT")
    assert files(office, address) == []
    assert [action for action, _ in office.audit(address)] == ["refused"]
    if unit == "GD":
        await office.do(address, "/apphich NOWHERE")
        assert "Không có đơn vị này" in office.last(address)


async def test_without_an_address_there_is_no_poster(office: Office) -> None:
    """And who can change that."""
    office.house.app.house.links.web = ""
    officer = await office.officer("SYT")
    assert "Quản trị viên đặt địa chỉ" in await office.do(officer, "/apphich")
    assert files(office, officer) == []


async def test_an_admin_gets_any(office: Office) -> None:
    """By its code."""
    admin = await office.admin()
    await office.do(admin, "/apphich GD")
    assert files(office, admin)[0][1].endswith("u_GD")

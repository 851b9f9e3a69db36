"""A donor, an officer and an admin at the page of the demonstration, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from core.vietnamese import name_sort_key
from tests.browser.stage import Desk, Program, Talk

NAME = "Ksor H'Ước"


def _as_far_as_sex(donor: Talk) -> None:
    """Consent, name, unit, age."""
    donor.say("/dangky", "đồng ý")
    donor.tap("Đồng ý", "1/7")
    donor.say("KSOR H'ƯỚC", "2/7")
    donor.say("so y te lai chau", "3/7")
    donor.say("15/8/1990", "4/7")


def _to_the_end(donor: Talk) -> None:
    """From sex to "saved", and the question about the next round that follows."""
    donor.tap("Nữ", "5/7")
    donor.tap("O", "Rh")
    donor.tap("Chưa biết", "lần")
    donor.tap("Chưa lần nào", "điện thoại")
    donor.say("0900.000.999", NAME)
    donor.tap("Lưu", "Bạn tham gia đợt này chứ?")


def _list_of(page: Page, target: Path) -> list[tuple[Any, ...]]:
    """The rows of people in the list that the admin takes out."""
    admin = Talk(page, "admin")
    admin.ready()
    admin.say("/xuat", "đợt nào")
    admin.tap("Mọi người", "đơn vị nào")
    admin.tap("Tất cả", "loại nào")
    admin.choice("Excel").click()
    with page.expect_download() as download:
        admin.root.locator("a.file[download]").click()
    download.value.save_as(target)
    rows = openpyxl.load_workbook(target).active.iter_rows(values_only=True)
    return [row for row in rows if isinstance(row[0], int) and isinstance(row[1], str)]


def test_a_donor_registers_and_the_admin_finds_them_in_the_list(desk: Desk, demo: Program, tmp_path: Path) -> None:
    """By taps and typing, with a reload in mid-form that neither loses nor doubles; the officer is refused the list."""
    page = desk.open(demo.url)
    donor = Talk(page, "donor")
    donor.ready()
    _as_far_as_sex(donor)
    before = donor.texts()
    page.reload()
    donor.ready()
    expect(donor.bubbles).to_have_count(len(before))
    assert donor.texts() == before
    _to_the_end(donor)

    officer = Talk(page, "officer")
    officer.ready()
    officer.say("/export", "chỉ dành cho người quản trị")

    rows = _list_of(page, tmp_path / "list.xlsx")
    names = [row[1] for row in rows]
    assert len(rows) == 321 and [row[0] for row in rows] == list(range(1, 322))
    assert names.count(NAME) == 1 and names == sorted(names, key=name_sort_key)
    assert "0900000999" in str(rows[names.index(NAME)]).replace(" ", "")


def test_a_killed_program_comes_back_and_nothing_is_lost_or_doubled(desk: Desk, demo: Program) -> None:
    """kill -9 under an open page; what was sent meanwhile arrives once, and the talk goes on at the same question."""
    page = desk.open(demo.url)
    donor = Talk(page, "donor")
    donor.ready()
    _as_far_as_sex(donor)
    before = donor.texts()
    demo.kill()
    expect(donor.root).not_to_have_attribute("data-state", "ready")
    donor.type("nữ")
    expect(donor.mine.last).to_have_attribute("data-status", "pending")
    page.wait_for_timeout(100)  # A try that fails while nobody listens.
    demo.start()
    donor.ready()
    expect(donor.answers.last).to_contain_text("5/7")
    expect(donor.root.locator("[data-status]")).to_have_count(0)
    assert donor.texts()[:-1] == [*before, "nữ"]
    page.reload()
    donor.ready()
    assert donor.texts()[:-1] == [*before, "nữ"]
    donor.tap("O", "Rh")


def test_what_was_typed_while_nobody_listened_outlives_a_reload(desk: Desk, demo: Program) -> None:
    """Two messages wait in the browser, in order, also when the page is opened anew before the program is back."""
    page = desk.open(demo.url)
    donor = Talk(page, "donor")
    donor.ready()
    page.context.set_offline(True)
    donor.type("/dangky")
    donor.type("đồng ý")
    expect(donor.root.locator('[data-status="pending"]')).to_have_count(2)
    page.context.set_offline(False)
    page.reload()
    donor.ready()
    expect(donor.answers.last).to_contain_text("1/7")
    assert donor.mine.locator(".text").all_inner_texts() == ["/dangky", "đồng ý"]


def test_a_double_click_and_an_old_button_answer_once(desk: Desk, demo: Program) -> None:
    """The second half of a double click is not a second answer; a button of an earlier question says so."""
    donor = Talk(desk.open(demo.url), "donor")
    donor.ready()
    donor.say("/dangky", "đồng ý")
    donor.choice("Đồng ý").dblclick()
    expect(donor.answers.last).to_contain_text("1/7")
    expect(donor.mine).to_have_count(2)
    old = donor.root.locator(".choices.past .choice", has_text="Đồng ý")
    old.click()
    expect(donor.mine).to_have_count(3)
    expect(donor.answers).to_have_count(3)
    expect(donor.answers.last).to_contain_text("1/7")


def test_the_clock_is_moved_and_the_next_round_with_it(desk: Desk, demo: Program) -> None:
    """Buttons and a date; what is next depends on the day."""
    page = desk.open(demo.url)
    clock, donor = page.locator(".clock time"), Talk(page, "donor")
    donor.ready()
    expect(clock).to_contain_text("01/03/2021")
    donor.say("/lich", "16 đợt")
    page.get_by_role("button", name="+7 ngày").click()
    expect(clock).to_contain_text("08/03/2021")
    page.get_by_label("Đến ngày").fill("2021-04-14")
    page.get_by_role("button", name="Đến", exact=True).click()
    expect(clock).to_contain_text("14/04/2021")
    donor.say("/lich", "đợt")
    assert "16 đợt" not in donor.texts()[-1]
    page.reload()
    expect(clock).to_contain_text("14/04/2021")


@pytest.mark.parametrize(("width", "height", "scheme"), [(320, 640, "light"), (390, 844, "dark"), (1440, 900, "dark")])
def test_the_page_fits_the_screen(desk: Desk, demo: Program, width: int, height: int, scheme: str) -> None:
    """On a phone tabs, on a desk three chats; nothing sticks out sideways, light or dark."""
    page = desk.open(demo.url, width, height, color_scheme=scheme, has_touch=width < 500)
    donor, admin = Talk(page, "donor"), Talk(page, "admin")
    donor.ready()
    donor.say("/dangky", "đồng ý")
    assert admin.root.is_visible() is (width >= 900)
    if width < 900:
        page.get_by_role("tab", name="Quản trị").tap()
        expect(donor.root).to_be_hidden()
    admin.say("/xuat", "đợt nào")
    admin.tap("Mọi người", "đơn vị nào")
    admin.tap("Duyệt danh sách", "Chọn một đơn vị")
    for element in ("html", 'section.chat[data-seat="admin"] .scroll'):
        assert page.locator(element).evaluate("e => e.scrollWidth <= e.clientWidth"), element
    dark = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(24, 17, 20)"
    assert dark is (scheme == "dark")

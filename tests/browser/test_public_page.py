"""The public page: one chat, for people with a keyboard, a phone or a screen reader."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.stage import Desk, Program, Talk


def test_two_windows_of_one_person_show_the_same(desk: Desk, house: Program) -> None:
    """Said in one, read in both."""
    page = desk.open(house.url)
    other = page.context.new_page()
    other.goto(house.url)
    here, there = Talk(page, "me"), Talk(other, "me")
    here.ready()
    there.ready()
    here.say("/dangky", "đồng ý")
    expect(there.answers.last).to_contain_text("đồng ý")
    assert here.texts() == there.texts()


def test_the_keyboard_alone_registers(desk: Desk, house: Program) -> None:
    """Tab, Enter and Escape reach everything: begin, menu, buttons, composer."""
    page = desk.open(house.url, 390, 844)
    me = Talk(page, "me")
    me.ready()
    begin = page.get_by_role("button", name="Bắt đầu")
    begin.focus()
    page.keyboard.press("Enter")
    expect(me.answers).to_have_count(1)

    page.get_by_role("button", name="Danh mục lệnh").focus()
    page.keyboard.press("Enter")
    commands = page.locator("nav.commands button")
    expect(commands.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(commands.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Danh mục lệnh")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(me.answers.last).to_contain_text("đồng ý")

    page.get_by_role("textbox").focus()
    agree = me.choice("Đồng ý")
    for _ in range(4):  # "Không" lies between, and perhaps the button that leads down to the newest message.
        if not agree.evaluate("e => e === document.activeElement"):
            page.keyboard.press("Shift+Tab")
    expect(agree).to_be_focused()
    page.keyboard.press("Enter")
    expect(me.answers.last).to_contain_text("1/7")
    page.get_by_role("textbox").focus()
    page.keyboard.type("Ý")
    page.keyboard.press("Enter")
    expect(me.answers.last).to_contain_text("2/7")


def test_a_screen_reader_is_told_who_says_what(desk: Desk, house: Program) -> None:
    """A live log with a name, speakers before their words, labels on everything that has no words."""
    me = Talk(desk.open(house.url), "me")
    me.ready()
    log = me.root.get_by_role("log", name="Cuộc trò chuyện")
    expect(log).to_have_attribute("aria-live", "polite")
    me.say("/help", "/dangky")
    expect(log).to_contain_text("Bạn: /help")
    expect(log).to_contain_text("Giọt Hồng: ")
    for control in me.root.locator("button:visible, textarea:visible, a:visible").all():
        expect(control).to_have_accessible_name(re.compile(r"\S"))


def test_the_page_speaks_the_chosen_language_at_once(desk: Desk, house: Program) -> None:
    """Words, menu and the page's own language change without a reload, and the form keeps its place."""
    page = desk.open(house.url)
    me = Talk(page, "me")
    me.ready()
    me.say("/dangky", "đồng ý")
    me.tap("Đồng ý", "1/7")
    me.type("/ngonngu")
    me.root.locator(".choice", has_text="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(me.root.locator("textarea")).to_have_attribute("placeholder", "Message…")
    expect(me.root.locator("nav.commands")).to_contain_text("/register")
    expect(me.answers.last).to_contain_text("1/7")


def test_whoever_was_forgotten_sees_only_the_last_word(desk: Desk, house: Program) -> None:
    """After /xoa the open page drops the talk by itself, and a reload brings nothing back."""
    page = desk.open(house.url)
    me = Talk(page, "me")
    me.ready()
    me.say("/dangky", "đồng ý")
    me.tap("Đồng ý", "1/7")
    me.say("/huy", "")
    me.say("/xoa", "Bạn muốn xoá")
    me.choice("Xoá").click()
    expect(me.bubbles).to_have_count(1)
    expect(me.answers).to_contain_text("Đã xoá")
    page.reload()
    me.ready()
    expect(me.bubbles).to_have_count(1)


def test_a_deep_link_is_followed_once(desk: Desk, house: Program) -> None:
    """It opens the form, leaves the address, and a reload does not repeat it."""
    page = desk.open(f"{house.url}?start=register")
    me = Talk(page, "me")
    expect(me.answers.last).to_contain_text("đồng ý")
    expect(me.mine).to_have_count(0)  # It never stands below what it was answered with.
    assert page.url == house.url
    page.reload()
    me.ready()
    expect(me.answers).to_have_count(1)


def test_what_people_type_never_becomes_markup(desk: Desk, house: Program) -> None:
    """Tags, scripts and odd letters are words."""
    page = desk.open(house.url)
    me = Talk(page, "me")
    me.ready()
    nasty = "<img src=x onerror=alert(1)><b>đậm</b> javascript:alert(1)"
    me.say(nasty, "")
    assert me.mine.locator(".text").inner_text() == nasty
    assert me.root.locator(".bubble img, .bubble b").count() == 0

"""Links into the chat, as far as it is known where it can be found."""

from core.links import INVITE, UNIT, Links


def test_a_link_for_every_door_that_is_open() -> None:
    """Telegram first; the web address with or without a stroke at its end; no door, no link."""
    assert Links("giothong_bot", "https://hien.example/").to(f"{UNIT}SYT") == [
        "https://t.me/giothong_bot?start=u_SYT",
        "https://hien.example/?start=u_SYT",
    ]
    assert Links(web="https://hien.example").to(f"{INVITE}ABCD2345") == ["https://hien.example/?start=i_ABCD2345"]
    assert Links().to("u_SYT") == []

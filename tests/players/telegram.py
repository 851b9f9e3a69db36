"""Telegram over real HTTP, at a fake Bot API server."""

from __future__ import annotations

from bot.app import App
from tests.players.player import NAV, Player, button
from tests.players.said import Said, cut
from tests.servers.telegram import FakeTelegram, Person, Seen

_LONGEST_LABEL = 60


class Phones:
    """Phones with Telegram on them."""

    def __init__(self, app: App, server: FakeTelegram) -> None:
        """The app polls this server."""
        self._app = app
        self._server = server

    async def join(self, seat: str, language: str) -> TelegramPlayer:
        """A person of Telegram."""
        return TelegramPlayer(self._app, self._server.person(seat, language_code=language))


class TelegramPlayer(Player):
    """One person in a private chat with the bot."""

    def __init__(self, app: App, person: Person) -> None:
        """`person` of the fake server."""
        super().__init__(app, f"telegram:{person.id}")
        self.person = person

    @property
    def heard(self) -> list[Said]:
        """Every message in the chat, as it stands in it."""
        return [_said(seen) for seen in self.person.messages]

    async def say(self, text: str) -> None:
        """Type."""
        self.person.say(text)

    async def tap(self, label: str) -> None:
        """An inline button where there is one; else a key under the message box types its label, and so does the person."""
        shown = cut(label, _LONGEST_LABEL)
        if self.person.found(shown) and not self._asked_for_a_number():
            self.person.press(shown)
        else:
            self.person.say(label)

    def _asked_for_a_number(self) -> bool:
        return "keyboard" in (self.person.last.message.markup or {})

    async def send_file(self, name: str, content: bytes) -> None:
        """A document of the chat."""
        self.person.document(name, content)

    async def show(self, what: str) -> None:
        """What only Telegram can send."""
        words, _, number = what.partition("'s number ")
        if number:
            self.person.share_contact(number, owner=777, first_name=words)
        else:
            {
                "sticker": self.person.sticker,
                "photo": self.person.photo,
                "voice": self.person.voice,
                "location": self.person.send_location,
                "file": self.person.document,
                "my number": self.person.share_contact,
            }[what]()


def _said(seen: Seen) -> Said:
    markup = seen.message.markup or {}
    buttons = tuple(
        button(key["text"], key["callback_data"]) for row in markup.get("inline_keyboard", []) for key in row
    )
    # Where the own number can be shared, Telegram allows no inline buttons: back and cancel are keys that type their label.
    keys = [key["text"] for row in markup.get("keyboard", []) for key in row if not key.get("request_contact")]
    buttons += tuple(button(key, NAV[0]) for key in keys)
    extras = (f"(map {seen.venue['title']})",) if seen.venue else ()
    extras += ("(picture)",) if seen.photo else ()
    extras += (f"(file {seen.document[0]})",) if seen.document else ()
    # A message that takes the keys away again cannot have buttons of its own; the commands stand in its text.
    return Said(seen.text, buttons, extras, buttons_hidden="remove_keyboard" in markup, longest_label=_LONGEST_LABEL)

"""What a person meant by what they did: a button, a number, a label with or without its marks, or words for the question to read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from core.dialogue import Contact, Expired, File, Other, Press, Text
from core.people import Conversation
from core.unclear import Unclear
from core.vietnamese import bare, fold, nfc
from core.words import Words
from handlers.turn import Turn

BACK, CANCEL = "_back", "_cancel"
NAV = (BACK, CANCEL)
_HELLO = frozenset(("xin chao", "chao", "chao ban", "chao bot", "chao anh", "chao chi", "alo", "hello", "hi", "hey"))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: `value` where an offered choice was meant, else the words in `text`."""

    text: str
    value: str | None = None


def given_by(turn: Turn, conversation: Conversation, *, free: bool) -> Given:
    """What the person meant by what they did. Raises Unclear for what no question can read. `free`: see Question."""
    match turn.inbound.input:
        case Press(token):
            return _pressed(token, conversation)
        case Text(text):
            return _typed(text, turn, conversation, free=free)
        case Contact(phone, own):
            if not own:
                raise Unclear("unclear.contact")
            return Given(phone)
        case Expired():
            raise Unclear("form.outage")
        case File(photo=True):
            raise Unclear("unclear.kind.photo")
        case File():
            raise Unclear("unclear.kind.document")
        case Other(kind):
            raise Unclear(f"unclear.kind.{kind}" if turn.house.words.has(f"unclear.kind.{kind}") else "unclear.kind")
        case _:
            raise Unclear("unclear.kind")


def chooses(turn: Turn, conversation: Conversation) -> bool:
    """True where the person means one of the offered choices."""
    try:
        return given_by(turn, conversation, free=False).value is not None
    except Unclear:
        return False


def _pressed(token: str, conversation: Conversation) -> Given:
    """A button of this very question; whatever else a client sends is a button of an earlier one."""
    prefix = token_prefix(conversation)
    value = token.removeprefix(prefix)
    if not token.startswith(prefix) or value not in {option[0] for option in conversation.options}:
        raise Unclear("form.stale")
    return Given("", value)


# Labels and their other words: a few hundred, matched at every typed answer.
_folded = lru_cache(4096)(fold)


@lru_cache(4096)
def _marked(alias: str) -> str:
    return nfc(alias).lower()


def meanings(words: Words, option: tuple[str, ...]) -> tuple[str, ...]:
    """Everything that may be typed for an option of the row: its label and its other words in every language."""
    _, label, *others = option
    listed = (words.everywhere(other[1:]) if other.startswith("@") else (other,) for other in others)
    return (label, *chain.from_iterable(listed))


def _typed(raw: str, turn: Turn, conversation: Conversation, *, free: bool) -> Given:
    options = conversation.options
    plain = [option for option in options if option[0] not in NAV]
    text = nfc(raw)
    number = text.rstrip(".)").strip()
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    if not free and 1 <= place <= len(plain):
        return Given(raw, plain[place - 1][0])
    words = bare(text).rstrip("!. ")
    marked = text.lower().rstrip("!. ")
    meant = {option[0]: meanings(turn.house.words, option) for option in options}
    exact = [value for value, ways in meant.items() if marked in map(_marked, ways)]
    # Where any words may be an answer, "Huy" and "Dung" are names and no "huỷ" or "dừng"; nobody is called "quay lai".
    reserved = NAV if free and " " not in words else ()
    named = exact or [
        value for value, ways in meant.items() if words and words in map(_folded, ways) and value not in reserved
    ]
    # "đúng" (save) and "dừng" (stop) differ by their marks alone, and units may share a name: then nothing is chosen.
    if len(named) == 1:
        return Given(raw, named[0])
    if words in _HELLO:
        raise Unclear("form.hello")
    return Given(raw)


def token_prefix(conversation: Conversation) -> str:
    """What the buttons of the open question begin with; those of an earlier one begin with something else."""
    return f"{_base36(conversation.version)}.{conversation.step}:"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"

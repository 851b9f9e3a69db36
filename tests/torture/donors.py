"""People who register: each waits for a question, answers it once, and notices when the bot forgets or repeats itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

import aiohttp

from bot.i18n import load_words
from core.words import Words
from tests.servers.telegram import FakeTelegram, Person

PATIENCE_S = 90.0
_CONTACT = "Ban Chỉ đạo thử nghiệm"  # of the configuration in program.py
STEPS = ("consent", "name", "unit", "age", "sex", "abo", "rh", "count", "last", "phone", "review", "saved", "next")
UNIT = "Công đoàn Sở Y tế thử nghiệm"


@cache
def _words() -> Words:
    return load_words("vi")


def question_of(text: str, words: Words) -> str:
    """The step that a message of the bot puts. Anything else (a stale button, an apology) is an error here."""
    body = text.partition("\n\n")[2] if text.startswith("✓ ") else text
    numbered = re.sub(r"^Câu \d+/\d+\. ", "", body)
    if numbered != body:
        asked = [key for key in STEPS[1:-3] if numbered.startswith(words.say("vi", f"register.{key}.ask"))]
        assert len(asked) == 1, f"not one question: {text!r}"
        return asked[0]
    if body.startswith(words.say("vi", "register.card")):
        return "review"
    if "\n• Để làm gì:" in text and not text.startswith("✓ "):
        return "consent"
    if text == words.say("vi", "next.none", contact=_CONTACT):  # There is no plan; the last word all the same.
        return "next"
    assert text.startswith("Cảm ơn ") and "đã đăng ký" in text, f"no question of the form: {text!r}"
    return "saved"


@dataclass(frozen=True)
class Answers:
    """What a person says, and what must stand in the database for it."""

    name: str
    phone: str
    age: str
    birth_year: int
    sex: str
    abo: str
    count: int

    @staticmethod
    def of(number: int, rng: random.Random) -> Answers:
        """The answers of the person with this number. The block of phones belongs to nobody."""
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
        year = datetime.now(UTC).year - rng.randint(20, 55)
        return Answers(
            name=f"Nguyễn Thị {letters.title()}",
            phone=f"+8490000{number:04}",
            age=str(year),
            birth_year=year,
            sex=rng.choice("MF"),
            abo=rng.choice(("O", "A", "B", "AB")),
            count=rng.randint(1, 40),
        )

    @property
    def row(self) -> tuple[Any, ...]:
        """full_name, birth_year, sex, abo, rh, donations, last_donation, phone as the table keeps them."""
        return (self.name, self.birth_year, self.sex, self.abo, "+", self.count, "2025-08", self.phone)

    def to(self, step: str) -> tuple[str, str]:
        """("press" or "say", what) for a question."""
        return {
            "consent": ("press", "Đồng ý"),
            "name": ("say", self.name),
            "unit": ("say", UNIT),
            "age": ("say", self.age),
            "sex": ("press", {"M": "Nam", "F": "Nữ"}[self.sex]),
            "abo": ("press", self.abo),
            "rh": ("press", "Rh+ (dương)"),
            "count": ("say", str(self.count)),
            "last": ("say", "8/2025"),
            "phone": ("say", f"0{self.phone[3:]}"),
            "review": ("press", "Lưu"),
        }[step]


class Chat(Protocol):
    """How somebody talks with the bot."""

    address: str

    async def begin(self) -> None:
        """Say /register."""

    async def said(self) -> str:
        """The next message of the bot."""

    async def do(self, how: str, what: str) -> None:
        """Say something, or press the button with this label."""

    def heard(self) -> list[str]:
        """Everything that the bot said, in order."""


@dataclass
class Told:
    """What became of all the people."""

    answered: int = 0
    repeated: int = 0
    finished: dict[str, Answers] = field(default_factory=dict)


async def register(chat: Chat, answers: Answers, told: Told) -> None:
    """Register once. Every question is answered once, however often it is put; each must be the last one or the next one."""
    words = _words()
    await chat.begin()
    told.answered += 1
    at = 0
    while at < len(STEPS):
        async with asyncio.timeout(PATIENCE_S):
            text = await chat.said()
        step = question_of(text, words)
        if at and step == STEPS[at - 1]:
            continue
        assert step == STEPS[at], f"{chat.address}: after {STEPS[at - 1]!r} came {step!r}"
        if step not in ("saved", "next"):
            await chat.do(*answers.to(step))
            told.answered += 1
        at += 1
    told.finished[chat.address] = answers


def judge(chat: Chat, told: Told) -> None:
    """The whole chat, read afterwards: every message there, in order; a repeated one is the very same."""
    words = _words()
    texts = chat.heard()
    told.repeated += sum(a == b for a, b in pairwise(texts))
    once = [text for number, text in enumerate(texts) if number == 0 or text != texts[number - 1]]
    assert tuple(question_of(text, words) for text in once) == STEPS, chat.address


class OnTelegram:
    """A person of the fake Telegram."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.address = f"telegram:{person.id}"

    async def begin(self) -> None:
        self.person.say("/register")

    async def said(self) -> str:
        return (await self.person.answer(PATIENCE_S)).text

    async def do(self, how: str, what: str) -> None:
        {"press": self.person.press, "say": self.person.say}[how](what)

    def heard(self) -> list[str]:
        return [message.text for message in self.person.messages]


class OnWeb:
    """A browser: it posts until it is told 200, always under the same id, and listens again wherever it left off."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.address = ""
        self._http = http
        self._url = url
        self._cookies: dict[str, str] = {}
        self._bubbles: list[dict[str, Any]] = []
        self._new = asyncio.Event()
        self._read = 0
        self._sent = 0

    async def _until_up(self, ask: Callable[[], Any]) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
                if await ask():
                    return
            await asyncio.sleep(0.05)

    async def begin(self) -> None:
        async def meet() -> bool:
            async with self._http.get(f"{self._url}/chat/me/menu") as answer:
                cookie = answer.cookies["giothong"]
                self._cookies = {"giothong": cookie.value}
                self.address = f"web:{cookie.value.rpartition('.')[0]}"
                return answer.status == 200

        await self._until_up(meet)
        await self._post(text="/register")

    async def _post(self, **what: str) -> None:
        self._sent += 1
        body = {"id": f"torture-{self._sent:04}", **what}

        async def post() -> bool:
            async with self._http.post(f"{self._url}/chat/me/send", json=body, cookies=self._cookies) as answer:
                assert answer.status in (200, 429), answer.status
                return answer.status == 200

        await self._until_up(post)

    async def listen(self) -> None:
        """Read the stream of events, from where it broke off, until cancelled."""

        async def read() -> bool:
            if not self._cookies:
                return False
            last = self._bubbles[-1]["id"] if self._bubbles else 0
            url = f"{self._url}/chat/me/events?after={last}"
            timeout = aiohttp.ClientTimeout(total=None, sock_read=30)
            async with self._http.get(url, cookies=self._cookies, timeout=timeout) as stream:
                async for data in _messages(stream):
                    self._bubbles.append(data)
                    self._new.set()
            return False

        await self._until_up(read)

    async def said(self) -> str:
        while True:
            while self._read < len(self._bubbles):
                bubble = self._bubbles[self._read]
                self._read += 1
                if bubble["from"] == "bot":
                    return str(bubble["text"])
            self._new.clear()
            await self._new.wait()

    async def do(self, how: str, what: str) -> None:
        if how == "say":
            return await self._post(text=what)
        bubble = self._bubbles[self._read - 1]
        token = next(c["value"] for row in bubble["choices"] for c in row if c["label"] == what)
        return await self._post(choice=token, label=what)

    def heard(self) -> list[str]:
        ids = [bubble["id"] for bubble in self._bubbles]
        assert ids == sorted(set(ids)), "a bubble twice, or out of order"
        texts = [str(bubble["text"]) for bubble in self._bubbles if bubble["from"] == "bot"]
        assert len(texts) == len(STEPS), "the web chat repeats nothing, for a message is a row there"
        return texts


async def _messages(stream: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    event = ""
    async for raw in stream.content:
        name, _, value = raw.decode().rstrip("\n").partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "message":
            yield json.loads(value)


class Crowd:
    """So many chats at once; whoever has finished makes room for the next, until nobody more is let in."""

    def __init__(self, telegram: FakeTelegram | None, url: str, rng: random.Random) -> None:
        self.told = Told()
        self.chats: list[Chat] = []
        self._telegram = telegram
        self._url = url
        self._rng = rng
        self._number = 0
        self._closed = False

    def close(self) -> None:
        """Who talks may finish; nobody more comes."""
        self._closed = True

    async def talk(self, *, on_telegram: int, on_web: int) -> None:
        """Return once everybody has finished after `close`."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http, asyncio.TaskGroup() as group:
            for _ in range(on_telegram):
                group.create_task(self._one_after_another(self._on_telegram))
            for _ in range(on_web):
                group.create_task(self._one_after_another(lambda answers: self._on_web(http, answers)))

    async def _one_after_another(self, come: Callable[[Answers], Any]) -> None:
        while not self._closed:
            self._number += 1
            await come(Answers.of(self._number, self._rng))

    async def _on_telegram(self, answers: Answers) -> None:
        assert self._telegram
        chat = OnTelegram(self._telegram.person(answers.name))
        self.chats.append(chat)
        await register(chat, answers, self.told)

    async def _on_web(self, http: aiohttp.ClientSession, answers: Answers) -> None:
        chat = OnWeb(http, self._url)
        self.chats.append(chat)
        listening = asyncio.create_task(chat.listen())
        try:
            await register(chat, answers, self.told)
        finally:
            listening.cancel()
            await asyncio.wait([listening])

    def judge(self) -> None:
        """Every chat that was held, read afterwards."""
        for chat in self.chats:
            judge(chat, self.told)

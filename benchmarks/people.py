"""The simulated people: each in a closed loop, the next message when the answer to the last has come."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.script import Script

FIRST_PERSON = 10_000  # ids below belong to the bot and its admins
REPLACE_AFTER_S = 0.25  # a person who got a wrong answer leaves; not at once, or a broken bot spins
SHOWN_COMPLAINTS = 10
Send = Callable[[int, bytes], None]
QUANTILES = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99}


@dataclass(slots=True)
class Person:
    """One person; `asked_at` is when the open message was sent (monotonic seconds), None when none is open."""

    number: int
    step: int = -1
    asked_at: float | None = None


@dataclass(slots=True)
class Tally:
    """What was counted since the window began."""

    since: float = field(default_factory=time.monotonic)
    answer_s: list[float] = field(default_factory=list)
    completed: int = 0


class Crowd:
    """K people at once, each replaced by a new one when done; `send` puts an update (number, JSON) on its way."""

    def __init__(self, script: Script, people: int, send: Send, later: Callable[..., Any]) -> None:
        self._script, self._size, self._send, self._later = script, people, send, later
        self._people: dict[int, Person] = {}
        self._presses: set[str] = set()
        self._complaints: Counter[str] = Counter()
        self._tally = Tally()
        self._next, self._update, self._closed = 0, 0, False
        self.heard_at = time.monotonic()

    def start(self) -> None:
        """Everyone begins at once."""
        for _ in range(self._size):
            self._join()

    def begin(self) -> None:
        """The measuring window begins."""
        self._tally = Tally()

    def close(self) -> None:
        """Nobody sends anything any more; open answers may still come."""
        self._closed = True

    @property
    def settled(self) -> bool:
        """Whether every message and every press was answered."""
        return not self._presses and all(person.asked_at is None for person in self._people.values())

    def measured(self) -> dict[str, Any]:
        """The window's figures; `censored` when it was too short for everyone to get one answer."""
        now, tally = time.monotonic(), self._tally
        waiting = [now - person.asked_at for person in self._people.values() if person.asked_at]
        times = sorted(tally.answer_s + waiting) or [0.0]
        quantiles = {name: 1000 * times[min(len(times) - 1, int(q * len(times)))] for name, q in QUANTILES.items()}
        answered = len(tally.answer_s)
        return {
            "window_s": now - tally.since,
            "answered": answered,
            "completed": tally.completed,
            "censored": answered < self._size,
            **quantiles,
        }

    def faults(self, *, silent: bool) -> dict[str, Any]:
        """What went wrong in the whole run; whoever waits counts as missing only when the bot fell `silent`."""
        waiting = sum(person.asked_at is not None for person in self._people.values())
        return {
            "wrong": sum(self._complaints.values()),
            "missing": waiting if silent else 0,
            "unanswered_presses": len(self._presses) if silent else 0,
            "complaints": dict(self._complaints.most_common(SHOWN_COMPLAINTS)),
        }

    def acknowledged(self, query_id: str) -> None:
        """The bot answered a press."""
        self._presses.discard(query_id)

    def heard(self, message: dict[str, Any], markup: Any, *, edited: bool) -> None:
        """The bot's newest message is on the screen: do what the script says about it."""
        self.heard_at = time.monotonic()
        text, person = message["text"], self._people.get(message["chat"]["id"])
        found = None if person is None else self._script.find(text, person.step)
        if self._script.ignores(text) or (edited and (person is None or found is None or found <= person.step)):
            return None
        if person is None or person.asked_at is None:
            return self._complain(person, "nobody asked", text)
        if found is None or found <= person.step:
            return self._complain(person, "no step fits" if found is None else "asked again", text)
        self._tally.answer_s.append(self.heard_at - person.asked_at)
        person.step, person.asked_at = found, None
        if not self._closed:
            self._act(person, message, markup)

    def _act(self, person: Person, message: dict[str, Any], markup: Any) -> None:
        step = self._script.steps[person.step]
        if step.say:
            return self._write(person, step.words(person.number))
        if not step.press:
            self._tally.completed += 1
            self._leave(person)
            return self._join()
        rows = (json.loads(markup) if isinstance(markup, str) else markup or {}).get("inline_keyboard", [])
        button = step.button(person.number, [button for row in rows for button in row])
        if button is None:
            return self._complain(person, "the button is missing", message["text"])
        self._press(person, button["callback_data"], message | {"reply_markup": {"inline_keyboard": rows}})

    def _join(self) -> None:
        if self._closed:
            return
        person = Person(self._next)
        self._people[FIRST_PERSON + self._next] = person
        self._next += 1
        self._write(person, self._script.start)

    def _leave(self, person: Person) -> None:
        self._people.pop(FIRST_PERSON + person.number, None)

    def _complain(self, person: Person | None, why: str, text: str) -> None:
        complaint = f"{why}: {text!r}"
        self._complaints[complaint] += 1
        if self._complaints[complaint] == 1 and len(self._complaints) <= SHOWN_COMPLAINTS:
            print(f"  ! {complaint}", file=sys.stderr, flush=True)
        if person is not None:
            self._leave(person)
            self._later(REPLACE_AFTER_S, self._join)

    def _write(self, person: Person, text: str) -> None:
        entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else None
        message = self._frame(person) | {"from": self._author(person), "text": text}
        self._post(person, "message", message | ({"entities": entities} if entities else {}))

    def _press(self, person: Person, data: str, message: dict[str, Any]) -> None:
        query_id = str(self._update + 1)
        self._presses.add(query_id)
        query = {"id": query_id, "from": self._author(person), "chat_instance": "1", "data": data, "message": message}
        self._post(person, "callback_query", query)

    def _frame(self, person: Person) -> dict[str, Any]:
        chat = {"id": FIRST_PERSON + person.number, "type": "private", "first_name": f"Người {person.number}"}
        return {"message_id": 1_000_000 + self._update, "date": int(time.time()), "chat": chat}

    def _author(self, person: Person) -> dict[str, Any]:
        name = f"Người {person.number}"
        return {"id": FIRST_PERSON + person.number, "is_bot": False, "first_name": name, "language_code": "vi"}

    def _post(self, person: Person, kind: str, content: dict[str, Any]) -> None:
        self._update += 1
        person.asked_at = time.monotonic()
        self._send(self._update, json.dumps({"update_id": self._update, kind: content}).encode())

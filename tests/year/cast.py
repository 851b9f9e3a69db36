"""Who lives through the year: a person of each kind, whose chat is written down and read, and a crowd that does as chance will."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from core.ages import Birth
from core.blood import Abo, Rh
from core.people import Component, Donor, Sex
from tests.year.stage import DAY, NOON, ZONE

CROWD = 474
_SEED = 2021


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of donor: who they are, and what they do when ("10/3 10:00": lines)."""

    name: str
    promise: str
    unit: str
    acts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = "vi"
    last: str | None = None
    kind: Component = Component.WHOLE
    agreed: bool | None = None
    stopped: bool = False

    @property
    def address(self) -> str:
        """Their chat."""
        return f"year:{self.name}"


def moment(text: str) -> datetime:
    """The local moment of "10/3 10:00", in 2021 where no year is said."""
    day, hour = text.split()
    parts = [int(part) for part in day.split("/")]
    year = parts[2] if len(parts) == 3 else 2021
    return datetime.combine(date(year, parts[1], parts[0]), time.fromisoformat(hour), ZONE)


KINDS = (
    Kind(
        "steady",
        "joins, is reminded four times, gives, is thanked, is well, and hears when they may give again",
        "LC-MUONGTE",
        {
            "10/3 10:00": ("/thamgia LC-2021-05", "1"),
            "07/4 18:00": ("/dahien LC-2021-05", "1"),
            "08/4 10:00": ("/khoe LC-2021-05",),
            "30/6 10:00": ("/thamgia LC-2021-14", "chắc chắn"),
            "24/9 18:00": ("/dahien LC-2021-14",),
        },
    ),
    Kind(
        "perhaps",
        "says perhaps, is asked again, and comes after all",
        "LC-PHONGTHO",
        {"01/4 10:00": ("/thamgia LC-2021-07", "có thể"), "04/5 10:00": ("tôi đến",)},
    ),
    Kind(
        "undecided",
        "says perhaps and never anything else: asked again, never counted as coming, never thanked",
        "LC-PHONGTHO",
        {"01/4 10:00": ("/cothe LC-2021-07",)},
    ),
    Kind(
        "late",
        "joins two days before: hears only what is still ahead",
        "LC-SINHO",
        {"03/3 10:00": ("/den LC-2021-03",)},
    ),
    Kind(
        "leaver",
        "cannot come after the second reminder: hears nothing more",
        "LC-THANUYEN",
        {"01/5 10:00": ("/den LC-2021-08",), "18/5 10:00": ("tôi không đến được",)},
    ),
    Kind(
        "absent",
        "did not come: asked once why",
        "LC-NAMNHUN",
        {"01/4 10:00": ("/den LC-2021-06",), "23/4 18:00": ("/khongden LC-2021-06", "/lydo LC-2021-06", "2")},
    ),
    Kind(
        "silent",
        "joins and never says a word again: thanked once, asked nothing more",
        "LC-NAMNHUN",
        {"01/4 10:00": ("/den LC-2021-06",)},
    ),
    Kind(
        "too_soon",
        "gave in round 4, wants round 9: told why not and from when (82 days; 11/6/2021)",
        "LC-CDCD",
        {
            "01/3 10:00": ("/den LC-2021-04",),
            "19/3 18:00": ("/dahien LC-2021-04", "2"),
            "01/6 10:00": ("/thamgia LC-2021-09",),
        },
    ),
    Kind(
        "platelets",
        "gave platelets 13 days before round 3: told from when",
        "LC-SINHO",
        {"01/3 10:00": ("/thamgia LC-2021-03",)},
        last="2021-02-20",
        kind=Component.PLATELETS,
    ),
    Kind(
        "moved",
        "the round is moved by a week: told, asked again, reminded by the new day",
        "LC-TAMDUONG",
        {"20/5 10:00": ("/den LC-2021-10",), "12/6 10:00": ("tôi đến",)},
    ),
    Kind(
        "called_off",
        "the round is called off a week before: told with the reason, hears nothing more of it",
        "LC-SINHO",
        {"01/8 10:00": ("/den LC-2021-12",)},
    ),
    Kind(
        "first",
        "takes one of two seats, and leaves",
        "LC-THANUYEN",
        {"20/9 10:00": ("/den LC-2021-16",), "12/10 10:00": ("/rut LC-2021-16",)},
    ),
    Kind("second", "takes the other seat", "LC-THANUYEN", {"20/9 13:00": ("/den LC-2021-16",)}),
    Kind(
        "third",
        "waits; is offered the seat and does not answer: it goes on",
        "LC-THANUYEN",
        {"21/9 10:00": ("/den LC-2021-16",)},
    ),
    Kind(
        "fourth",
        "waits behind; is offered the seat in turn and takes it",
        "LC-THANUYEN",
        {"21/9 13:00": ("/den LC-2021-16",), "13/10 13:00": ("tôi đến",)},
    ),
    Kind(
        "paused",
        "pauses everything for two months: no reminder of round 11; hears again of round 18",
        "LC-TANUYEN",
        {
            "01/6 10:00": ("/den LC-2021-11",),
            "20/6 10:00": ("/nhac", "7", "xong"),
            "01/10 10:00": ("/den LC-2021-18",),
        },
    ),
    Kind(
        "choosy",
        "does without the reminder a week before",
        "LC-TANUYEN",
        {"01/10 10:00": ("/nhac", "1", "xong", "/den LC-2021-18")},
    ),
    Kind(
        "english",
        "hears everything in English",
        "LC-PHONGTHO",
        {"01/9 10:00": ("/come LC-2021-15",), "08/10 18:00": ("/gave LC-2021-15", "2")},
        language="en",
    ),
    Kind(
        "ignores",
        "agreed to hear when they may give again, never reacts: told twice, not a third time",
        "LC-TAMDUONG",
        last="2020-10-05",
        agreed=True,
    ),
    Kind("declined", "did not agree: never told", "LC-TAMDUONG", last="2020-10-05", agreed=False),
    Kind("stopped", "does not go on: never told", "LC-TAMDUONG", last="2020-10-05", agreed=True, stopped=True),
    Kind(
        "in_a_round",
        "may give again, and is in a round already: not told to",
        "LC-TAMDUONG",
        {"10/11 10:00": ("/den LC-2021-17",)},
        last="2021-08-19",
        agreed=True,
    ),
    Kind(
        "blocked",
        "blocks us after the first reminder: nothing more is tried",
        "LC-MUONGTE",
        {"10/3 10:00": ("/den LC-2021-05",)},
    ),
    Kind(
        "forgotten",
        "erases themselves between two reminders: hears nothing more",
        "LC-MUONGTE",
        {"10/3 10:00": ("/den LC-2021-05",), "02/4 10:00": ("/xoa", "xoá tất cả")},
    ),
    Kind(
        "flagship",
        "joins the flagship round, to which everybody is invited",
        "LC-TP",
        {"20/5 10:00": ("/den LC-2021-09",), "09/6 18:00": ("/chuaduochien LC-2021-09",)},
    ),
    Kind("idle", "registered, and never joins: hears nothing", "LC-TP"),
)


def donor(name: str, unit_id: int, *, last: str | None = None, kind: Component = Component.WHOLE) -> Donor:
    """An invented registration."""
    return Donor(
        full_name=f"Nguyễn Thử {name.replace('_', ' ').title()}",
        unit_id=unit_id,
        unit_text="",
        birth=Birth("date", date(1990, 5, 1), 1990),
        sex=Sex.FEMALE,
        abo=Abo.O,
        rh=Rh.UNKNOWN,
        donations=1 if last else 0,
        last_donation=last,
        phone="+84900000000",
        last_kind=kind,
    )


@dataclass(frozen=True, slots=True)
class Act:
    """What one of the crowd does at a moment. `what` is a command without its round."""

    at: datetime
    address: str
    what: str
    round: str


def crowd_acts(invited: dict[str, list[str]], days: dict[str, date], without: str) -> Iterator[Act]:
    """What the crowd does all year: `invited` round -> addresses, `days` round -> day. Each takes part once at most; of the round
    `without`, which has two seats, they leave the seats to the cast.
    """
    rng = random.Random(_SEED)
    busy: set[str] = set()
    for code, day in sorted(days.items(), key=lambda pair: pair[1]):
        if code == without:
            continue
        for address in invited[code]:
            if address in busy or rng.random() < 0.5:
                continue
            busy.add(address)
            yield from _one(rng, code, day, address)


def _one(rng: random.Random, code: str, day: date, address: str) -> Iterator[Act]:
    joined = rng.randint(1, 25)
    yield Act(_on(day, joined, DAY), address, rng.choice(("/den", "/den", "/den", "/cothe")), code)
    if joined > 1 and rng.random() < 0.2:
        yield Act(_on(day, rng.randint(1, joined - 1), NOON), address, "/rut", code)
    elif rng.random() < 0.6:
        yield Act(_on(day, -1, NOON), address, rng.choice(("/dahien", "/dahien", "/khongden")), code)


def _on(day: date, before: int, hour: time) -> datetime:
    return datetime.combine(day - timedelta(days=before), hour, ZONE)


def by_moment(acts: Iterator[Act]) -> dict[datetime, list[Act]]:
    """Acts of the same moment together."""
    found: dict[datetime, list[Act]] = defaultdict(list)
    for act in acts:
        found[act.at].append(act)
    return found

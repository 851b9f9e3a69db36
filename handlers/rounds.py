"""Where and when the next round is, for the person's own unit."""

from __future__ import annotations

from core.dates import show_date
from core.rounds import Round, next_round
from handlers import round_text
from handlers.turn import Action, Turn
from storage import donors, rounds


async def next_(turn: Turn, _: str) -> None:
    """The next open round that invites the person's unit, or why there is none."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    index = await turn.unit_index()
    path = [unit.id for unit in index.path(donor.unit_id)] if donor and donor.unit_id is not None else []
    coming = await rounds.upcoming(turn.tx, turn.today)
    plan = [round_ for round_ in coming if not round_.is_over(turn.now, turn.settings.zone)]
    found = next_round(plan, path, turn.today)
    if found is None:
        _explain(turn, plan, known=bool(path), registered=donor is not None)
        return
    turn.say("next.found", *(() if donor else ("/register",)), **round_text.facts(turn.voice, found))
    if pin := round_text.pin(found):
        turn.place(pin)
    if found.opens:
        turn.document("round.ics", turn.text("next.calendar"), round=found.code)


def _explain(turn: Turn, plan: list[Round], *, known: bool, registered: bool) -> None:
    """Why there is no round to offer: none planned, none open yet, or none for this unit."""
    open_ones = [round_ for round_ in plan if round_.state == "open"]
    if open_ones and not registered:
        turn.say("next.register_first", "/register", count=len(open_ones))
    elif open_ones and not known:
        turn.say("next.unit_unmapped", "/profile", contact=turn.settings.contact)
    elif open_ones:
        turn.say("next.not_invited", contact=turn.settings.contact, date=show_date(open_ones[0].held_on))
    elif any(round_.state == "draft" for round_ in plan):
        turn.say("next.not_open", contact=turn.settings.contact)
    else:
        turn.say("next.none", contact=turn.settings.contact)


ACTIONS = (
    Action(
        ("next", "lich"),
        next_,
        words=(
            "lich",
            "lich hien mau",
            "dot hien mau",
            "dot toi",
            "khi nao hien mau",
            "hien mau o dau",
            "next",
            "next round",
            "when",
        ),
    ),
)
FORMS = ()

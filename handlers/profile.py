"""My card: what is registered, and a way to change a line of it."""

from __future__ import annotations

from handlers.form import REVIEW, open_form
from handlers.registration import FORM, answers_of
from handlers.turn import Action, Turn
from storage import donors


async def profile(turn: Turn, _: str) -> None:
    """Open the registration on its card, where each line can be changed."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    if donor is None:
        turn.say("profile.none", "/register")
        return
    await open_form(turn, FORM, answers_of(donor), REVIEW)


ACTIONS = (
    Action(
        ("profile", "hoso"),
        profile,
        words=("ho so", "ho so cua toi", "thong tin cua toi", "profile", "my profile"),
        within=False,
    ),
)
FORMS = ()

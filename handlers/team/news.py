"""What those are told whose role begins or ends, and those who appointed them."""

from __future__ import annotations

from core.dialogue import Reply
from handlers import telling, who_text
from handlers.turn import Turn
from storage.invites import Invite
from storage.roles import Seat


async def changed(turn: Turn, address: str) -> None:
    """From the next turn on, also of this very batch, the person may do what the table says now."""
    turn.regranted.add(address)
    if address == turn.person.address:
        turn.person = (await who_text.load(turn, [address]))[address]


async def removed(turn: Turn, seat: Seat) -> None:
    """Whose role has ended hears of it."""
    if voice := await telling.reader(turn, seat.address):
        duty = await who_text.duty(turn, seat.grant, voice)
        text = voice.text("team.told_removed", duty=duty, contact=voice.contact)
        telling.tell(turn, f"role-ended:{seat.id}:{turn.at}", seat.address, Reply(text))


async def accepted(turn: Turn, invite: Invite) -> None:
    """Whoever made the invitation hears who took it."""
    if voice := await telling.reader(turn, invite.made_by):
        who = (await who_text.names_alone(turn, [turn.person.address]))[turn.person.address]
        text = voice.text("team.told_accepted", duty=await who_text.duty(turn, invite.grant, voice), who=who)
        telling.tell(turn, f"invite:{invite.id}", invite.made_by, Reply(text, voice.menu(("/team",))))

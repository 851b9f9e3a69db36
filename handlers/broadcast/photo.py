"""A photo that goes with the message: whoever sends one while the message is being written puts it there."""

from __future__ import annotations

import base64

from handlers.broadcast import draft as hand
from handlers.form import Answers
from handlers.turn import Turn
from storage import pictures, uploads
from storage.uploads import Upload


async def take(turn: Turn, upload: Upload) -> Answers:
    """Keep the photo; the answers of the message in hand (of a new one, where there is none) with it."""
    await uploads.decide(turn.tx, turn.person.address)
    jpeg = base64.b64decode(upload.result["jpeg"])
    answers = dict(turn.conversation.answers) if turn.conversation else {}
    hand.put(answers, picture=await pictures.add(turn.tx, turn.person.address, jpeg, turn.at))
    return answers

"""Joining a round: the question, the seat, the line, the ticket."""

from handlers.joining.commands import ACTIONS
from handlers.joining.question import FORM

FORMS = (FORM,)

__all__ = ["ACTIONS", "FORMS"]

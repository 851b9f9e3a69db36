"""From a file that was read to what is stored: the report, what saving would do, and the question whether to. One row a kind of file.

Nothing is saved that was not seen: who agrees to one proposal never gets another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from core.dialogue import Reply
from core.unclear import Unclear
from handlers import plan_report
from handlers.form import Answers, AskAgain, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.plan_report import Line
from handlers.turn import Turn
from handlers.voice import Voice
from storage import uploads
from storage.uploads import Upload

_UPLOAD, _SEEN = "_upload", "_seen"


class Proposal(Protocol):
    """What saving a file would do. `good`, `bad`: rows that can be saved and that cannot; `digest`: a mark of all that would be done."""

    @property
    def good(self) -> Sequence[Any]:
        """Rows that can be saved."""

    @property
    def bad(self) -> Sequence[Any]:
        """Rows that cannot."""

    @property
    def changes(self) -> bool:
        """True where saving does something."""

    @property
    def digest(self) -> str:
        """A mark of all that saving would do."""


P = TypeVar("P", bound=Proposal)


@dataclass(frozen=True, slots=True)
class Says:
    """Sentences of a kind of file. `report` and `clean`: what was read, with and without rows that cannot be saved; `headings`: "wrong",
    "asked" and "changed" lines; `about`: what the full report calls the thing that a row is of.
    """

    report: str
    clean: str
    moved: str
    save: str
    headings: str
    about: str


@dataclass(frozen=True, slots=True)
class Room(Generic[P]):
    """One kind of file. `propose` raises Unclear where it cannot be read any more; `found`: every line of the report; `after`: commands
    that are offered once it is saved.
    """

    name: str
    stopped: str
    says: Says
    propose: Callable[[Turn, Upload], Awaitable[P]]
    found: Callable[[Turn, Upload, P], Awaitable[list[Line]]]
    lines: Callable[[Voice, P], list[Line]]
    doing: Callable[[Voice, P], str]
    nothing: Callable[[P], str]
    save: Callable[[Turn, Upload, str], Awaitable[P]]
    done: Callable[[Voice, P], str]
    after: tuple[str, ...]
    command: str = ""

    def form(self) -> Form:
        """The question whether to save."""
        question = Question("confirm", self._ask, self._read, nav=False)
        return Form(self.name, (question,), self._finish, self.stopped, command=self.command)

    async def report(self, turn: Turn, upload: Upload) -> None:
        """Say what was found; ask whether to save where there is something to save."""
        try:
            proposal = await self.propose(turn, upload)
        except Unclear as unclear:
            await _over(turn, unclear.reason, **unclear.params)
            return
        self._say_found(turn, upload, proposal, await self.found(turn, upload, proposal))
        if proposal.changes:
            await open_form(turn, self.form(), {_UPLOAD: upload.id, _SEEN: proposal.digest})
        else:
            await _over(turn, self.nothing(proposal))

    def _say_found(self, turn: Turn, upload: Upload, proposal: P, found: list[Line]) -> None:
        """The first lines here; all of them as a file where there are more."""
        message = self.says.report if proposal.bad else self.says.clean
        head = turn.text(message, name=upload.name, good=len(proposal.good), bad=len(proposal.bad))
        parts = [
            head,
            *(plan_report.screen(turn.voice, found, kind, self.says.headings) for kind in ("wrong", "asked")),
        ]
        turn.reply(Reply("\n\n".join(filter(None, parts))))
        if not plan_report.fits(found):
            rows = [line.to_json() for line in found]
            said = turn.text("import.report_file")
            turn.document("plan-report.xlsx", said, name=upload.name, about=self.says.about, lines=rows)

    async def _in_hand(self, turn: Turn, answers: Answers) -> P:
        """What the file in hand says now. Raises Unclear where there is none any more, or where it can no longer be."""
        upload = await uploads.of_address(turn.tx, turn.person.address, answers[_UPLOAD])
        if upload is None or upload.state != "read":
            raise Unclear("import.gone")
        return await self.propose(turn, upload)

    async def _ask(self, turn: Turn, answers: Answers) -> Prompt:
        """What saving would do, line by line, and what it would leave out."""
        try:
            proposal = await self._in_hand(turn, answers)
        except Unclear as unclear:
            return Prompt(turn.text(unclear.reason, **unclear.params), labelled(turn, drop="import.drop"))
        moved = turn.text(self.says.moved) if proposal.digest != answers[_SEEN] else ""
        answers[_SEEN] = proposal.digest
        found = self.lines(turn.voice, proposal)
        texts = (
            moved,
            f"{turn.text('import.ask')}\n{self.doing(turn.voice, proposal)}",
            plan_report.screen(turn.voice, found, "changed", self.says.headings),
        )
        yes = "import.save_good" if proposal.bad else self.says.save
        return Prompt("\n\n".join(filter(None, texts)), labelled(turn, save=yes, drop="import.drop"))

    async def _read(self, turn: Turn, answers: Answers, given: Given) -> object:
        """Save what was seen, and only that."""
        if given.value is None:
            raise Unclear("unclear.choice")
        if given.value == "drop":
            await uploads.decide(turn.tx, turn.person.address)
            raise Finish(turn.text("import.dropped"))
        proposal = await self._in_hand(turn, answers)
        if proposal.digest != answers[_SEEN]:
            raise AskAgain
        return True

    async def _finish(self, turn: Turn, answers: Answers) -> None:
        upload = await uploads.of_address(turn.tx, turn.person.address, answers[_UPLOAD])
        assert upload  # It was there when the answer was read.
        proposal = await self.save(turn, upload, answers[_SEEN])
        await uploads.decide(turn.tx, turn.person.address)
        turn.house.units.refresh()  # A file may bring some.
        turn.reply(Reply(self.done(turn.voice, proposal), turn.menu(self.after)))


async def _over(turn: Turn, message: str, **params: object) -> None:
    """The last word on a file, of which nothing stays."""
    await uploads.decide(turn.tx, turn.person.address)
    turn.conversation = None
    turn.say(message, **params)

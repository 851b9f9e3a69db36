"""What the plan checker asks about a round, in words. It asks; nothing is corrected by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from core.authority import may_invite
from core.findings import Finding
from core.people import Component
from core.plan_check import check_plan
from core.rounds import Round, RoundState
from handlers.finding_text import finding_text
from handlers.turn import Turn
from storage import rounds

# Numbers begin anew each year, the interval between two donations does not: so each is looked for among rounds of its own.
_INTERVALS = frozenset(("interval", "interval_uncounted"))
_ALONE = frozenset(("past",))  # Of the whole plan it would name every round that is over.


async def questions(turn: Turn, round_: Round, *besides: Round) -> str:
    """The findings that concern this round, as it would be, a bullet each; "" where there are none.

    `besides`: others that would change along with it.
    """
    if round_.state in (RoundState.DONE, RoundState.CANCELLED):
        return ""
    lines = [f"• {finding_text(turn.voice, finding)}" for finding in await findings(turn, (round_, *besides))]
    return "\n".join([turn.text("rounds.questions"), *lines]) if lines else ""


async def findings(turn: Turn, changed: Sequence[Round]) -> list[Finding]:
    """What is to be asked about the first of these rounds among the others of its year, and those within an interval of it."""
    round_ = changed[0]
    interval_days = turn.house.rules.of("", round_.held_on).days_between(Component.WHOLE, round_.held_on)
    year = round_.held_on.year
    reach = timedelta(days=interval_days)
    found = await _check(turn, [round_], interval_days)
    of_year = await _with_others(turn, changed, date(year, 1, 1), date(year, 12, 31))
    near = await _with_others(turn, changed, round_.held_on - reach, round_.held_on + reach)
    for among, wanted in ((of_year, False), (near, True)):
        for finding in await _check(turn, among, interval_days):
            fits = (finding.code in _INTERVALS) is wanted and finding.code not in _ALONE
            if fits and round_.number in finding.rounds and finding not in found:
                found.append(finding)
    return sorted(found, key=lambda finding: not finding.grave)


async def _check(turn: Turn, among: Iterable[Round], interval_days: int) -> list[Finding]:
    return check_plan(
        among,
        calendar=turn.house.calendar,
        today=turn.today,
        units=await turn.unit_index(),
        interval_days=interval_days,
    )


async def _with_others(turn: Turn, changed: Sequence[Round], first: date, last: date) -> list[Round]:
    """These rounds, as they would be, among those of these days. Others' drafts are theirs alone."""
    index = await turn.unit_index()
    codes = {round_.code for round_ in changed}
    others = [
        other
        for other in await rounds.between(turn.tx, first, last)
        if other.code not in codes
        and (other.state is not RoundState.DRAFT or may_invite(turn.person, other.units, index))
    ]
    return [*others, *changed]

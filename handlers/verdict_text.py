"""A verdict in words: always "có thể chưa phù hợp" and "dự kiến từ ngày", with the rule it rests on; the staff decides.

Which answer of a self-check it rests on is not said: the chat keeps what it shows.
"""

from __future__ import annotations

import re
from datetime import date

from core.dates import show_date
from core.eligibility import Ground, Verdict
from core.rule_sets import Interval, RuleSet, Term
from handlers.voice import Voice

# Grounds that have sentences of their own: they rest on what the person sees in /hoso. All others share one.
_OWN = ("age", "deferred", "selfcheck", "last", "edition")
_CITED = (
    (r"Viện Huyết học – Truyền máu Trung ương", "National Institute of Hematology and Blood Transfusion"),
    (r"TP. Hồ Chí Minh, hỏi đáp", "Ho Chi Minh City, questions and answers"),
    (r"Thông tư (\S+)", r"Circular \1"),
    (r"Điều (\d+) khoản (\d+) điểm (\w)", r"article \1(\2)(\3)"),
    (r"Điều (\d+) khoản (\d+)", r"article \1(\2)"),
    (r"Điều (\d+)", r"article \1"),
)


def told(voice: Voice, rules: RuleSet, verdict: Verdict, day: date) -> str:
    """What the verdict means for somebody who asks about the day, a line a reason."""
    facts = {"day": show_date(day), "contact": voice.contact, "next": show_date(verdict.next_on or day)}
    dated = ".from" if verdict.next_on else ""
    lines = [voice.text(f"verdict.{verdict.answer}{dated}", **facts)]
    lines += reasons(voice, rules, verdict)
    lines += [
        voice.text("verdict.work", hours=rules.work.hours, source=cited(voice, w.source)) for w in verdict.warnings
    ]
    return "\n".join(lines)


def reasons(voice: Voice, rules: RuleSet, verdict: Verdict) -> list[str]:
    """What the verdict rests on, a bullet each; nothing for who does not go on."""
    said = [] if verdict.rule == "stopped" else [_reason(voice, rules, ground) for ground in verdict.grounds]
    return [f"• {reason}" for reason in dict.fromkeys(said)]


def _reason(voice: Voice, rules: RuleSet, ground: Ground) -> str:
    source = cited(voice, ground.source)
    if interval := rules.intervals.get(ground.rule):
        return wait(voice, interval)
    if ground.rule in _OWN:
        return voice.text(
            f"verdict.why.{ground.rule}", source=source, lowest=rules.age.lowest, highest=rules.age.highest
        )
    if (
        ground.source == rules.source
    ):  # No row says it: a question was skipped, or what is the matter stands in no list.
        return voice.text("verdict.why.open")
    return voice.text("verdict.why.rule", source=source)


def wait(voice: Voice, interval: Interval) -> str:
    """How long to wait after the last donation, with the source."""
    source = cited(voice, interval.source)
    if interval.term:
        return voice.text("verdict.why.interval", term=length(voice, interval.term), source=source)
    assert interval.within
    return voice.text("verdict.why.window", times=interval.times, within=length(voice, interval.within), source=source)


def length(voice: Voice, term: Term) -> str:
    """A length of time: "12 tuần"."""
    return voice.text(f"term.{term.unit}", count=term.count)


def cited(voice: Voice, source: str) -> str:
    """A source as the language cites it: "Thông tư 26/2013/TT-BYT, Điều 6 khoản 1", "Circular 26/2013/TT-BYT, article 6(1)"."""
    if voice.language == "vi":
        return source
    for pattern, written in _CITED:
        source = re.sub(pattern, written, source)
    return source

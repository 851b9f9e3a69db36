"""Broadcasts in words: the message as each person gets it, how far it has come, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.broadcasts import CastState, Content, Progress, fill
from core.dates import show_date, show_weekday
from core.dialogue import Button, DocumentRef, Reply
from core.rounds import Round, RoundState
from core.units import Unit
from handlers import round_text
from handlers.voice import Voice
from storage.broadcasts import Cast

_EXCERPT = 60  # Letters by which an officer knows their message again.


def values(voice: Voice, round_: Round | None) -> dict[str, str]:
    """What the slots of a round stand for, in this language; nothing without a round."""
    if round_ is None:
        return {}
    hours = "–".join(voice.hour(hour) for hour in (round_.opens, round_.closes) if hour)
    return {
        "round": round_.name,
        "date": f"{show_weekday(round_.held_on, voice.language)}, {show_date(round_.held_on)}",
        "time": hours or voice.text("next.hours_unknown"),
        "place": round_text.places(voice, round_),
    }


def message(voice: Voice, content: Content, round_: Round | None, own: Mapping[str, str]) -> Reply:
    """The message as one person gets it. `own`: their "name" and "unit"; plain text, whatever signs it holds."""
    words = fill(content.text(voice.language), {**values(voice, round_), **own})
    joins = content.join and round_ is not None and round_.state is RoundState.OPEN
    buttons = (Button(voice.text("cast.join"), f"/join {round_.code}"),) if joins and round_ else ()
    picture = DocumentRef("picture.jpg", {"picture": content.picture}) if content.picture else None
    return Reply(f"{words}\n\n{signature(voice, content)}", buttons, document=picture)


def signature(voice: Voice, content: Content) -> str:
    """Who sends it, and how to hear no more: below every broadcast."""
    sender = " · ".join(filter(None, (voice.organisation, content.unit)))
    return voice.text("cast.signature_office" if content.office else "cast.signature", sender=sender)


def own(voice: Voice, name: str, unit: str) -> dict[str, str]:
    """What the slots of a person stand for; where it is not known, words that fit in any sentence."""
    return {"name": name or voice.text("cast.you"), "unit": unit or voice.text("cast.your_unit")}


def copy(voice: Voice, content: Content, round_: Round | None) -> Reply:
    """The message as its sender gets it."""
    said = message(voice, content, round_, own(voice, "", content.unit))
    return replace(said, text=f"{voice.text('cast.copy')}\n\n{said.text}")


def lost(voice: Voice, cast: Cast) -> Reply:
    """To those who can take it over: it stands still, because whoever sent it no longer may."""
    text = voice.text("cast.lost", number=cast.id, title=title(cast))
    return Reply(text, voice.menu([f"/castresume {cast.id}", f"/caststop {cast.id}"]))


def overtaken(voice: Voice, cast: Cast, ended: Sequence[Unit]) -> Reply:
    """To whoever sent it: units that it was for have ended before its time, so it did not go."""
    names = ", ".join(unit.name for unit in ended)
    return Reply(
        voice.text("cast.overtaken", number=cast.id, title=title(cast), units=names), voice.menu(["/broadcast"])
    )


def pin(round_: Round | None) -> Reply | None:
    """The round's place on the map, where it is known."""
    place = round_text.pin(round_) if round_ else None
    return Reply(place=place) if place else None


def title(cast: Cast) -> str:
    """The first words, by which it is known again."""
    words = " ".join(next(iter(cast.content.texts.values())).split())
    return words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1].rstrip()}…"


def state(voice: Voice, cast: Cast, progress: Progress) -> str:
    """In which state it is, in a few words."""
    at = voice.moment(cast.start_at)
    if cast.state is CastState.WAITING and cast.start_at <= cast.made_at:
        return voice.text("cast.state.soon")
    return voice.text(f"cast.state.{cast.state}", percent=progress.percent, at=at)


def live(voice: Voice, cast: Cast, progress: Progress, minutes: int | None = None) -> Reply:
    """How far a broadcast is, with what can be done about it. `minutes`: how long it still takes, where that is known."""
    shown = progress if cast.state in (CastState.WAITING, CastState.RUNNING, CastState.PAUSED) else progress.ended()
    if cast.state is CastState.STOPPED:
        shown = replace(progress, cancelled=progress.cancelled + progress.left)
    lines = [
        voice.text("cast.live", number=cast.id, title=title(cast)),
        f"{shown.bar} {state(voice, cast, shown)}",
        *(voice.text(f"cast.count.{name}", count=voice.figure(count)) for name, count in _counts(shown)),
    ]
    if cast.state is CastState.RUNNING and minutes is not None and shown.left:
        lines.append(voice.text("cast.minutes", count=voice.figure(minutes)))
    return Reply("\n".join(lines), voice.menu([f"/{name} {cast.id}" for name in commands(cast.state, shown)]))


def _counts(progress: Progress) -> list[tuple[str, int]]:
    """What is said of it: always how many have it and how many are left; the rest where there is any."""
    odd = [(name, getattr(progress, name)) for name in ("blocked", "failed", "unknown", "cancelled")]
    return [("sent", progress.sent), *((name, count) for name, count in odd if count), ("left", progress.left)]


_BY_STATE: Mapping[CastState, tuple[str, ...]] = {
    CastState.WAITING: ("castpause", "caststop"),
    CastState.RUNNING: ("castpause", "caststop"),
    CastState.PAUSED: ("castresume", "caststop"),
    CastState.STOPPED: ("castmissed",),
    CastState.DONE: ("castmissed",),
}


def commands(state_: CastState, progress: Progress) -> list[str]:
    """What can be done about a broadcast now."""
    return [*_BY_STATE[state_], *(("castagain", "castleave") if progress.unknown else ())]


def report(voice: Voice, cast: Cast, progress: Progress, *, missed: int) -> Reply:
    """The last word on a broadcast that has ended. `missed`: people of its audience who did not get it."""
    head = voice.text("cast.report", number=cast.id, title=title(cast), sent=voice.figure(progress.sent))
    lines = [head, *(voice.text(f"cast.count.{name}", count=voice.figure(n)) for name, n in _counts(progress)[1:-1])]
    lines.append(voice.text("cast.missed" if missed else "cast.missed_none", count=voice.figure(missed)))
    if progress.unknown:
        lines.append(voice.text("cast.unknown_ask"))
    offered = [name for name in commands(cast.state, progress) if missed or name != "castmissed"]
    return Reply("\n".join(lines), voice.menu([f"/{name} {cast.id}" for name in offered]))

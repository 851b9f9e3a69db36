"""The sentences: complete in every language, used, and well typed."""

import ast
import itertools
import re
import string
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.i18n import load_words
from core import unit_columns
from core.audience import ANSWERS, Count
from core.broadcasts import CastState, Progress
from core.eligibility import Answer
from core.joins import JoinState
from core.list_cells import TYPED
from core.list_rows import GROUPS
from core.list_table import NEVER
from core.notices import ELIGIBLE, NOTICES
from core.people import Component, Role
from core.plan_columns import READERS
from core.quota_table import FIELDS
from core.rounds import Round, RoundState
from core.vietnamese import fold
from handlers import audit_text, broadcast
from handlers.documents import DOCUMENTS
from handlers.documents.plan_template import COLUMNS as PLAN_COLUMNS
from handlers.engine import ACTIONS
from handlers.list_import.people import FIELDS as LIST_FIELDS
from handlers.person_office.editing import BY_KEY as PERSON_FIELDS
from handlers.person_office.new import FORM as NEW_PERSON
from handlers.progress.board import SHARES
from handlers.registration import FORM
from handlers.round_office import fields, new
from handlers.round_office.listing import FILTERS
from handlers.unit_office import fields as unit_fields
from handlers.unit_office import reform

HOUSE = Path(__file__).parents[1]
LANGUAGES = sorted(path.name for path in (HOUSE / "locales").iterdir() if path.is_dir())


def sentences(language: str) -> dict[str, str]:
    """Message id -> text, straight from the files; each id stands in one of them."""
    texts: dict[str, str] = {}
    for path in sorted((HOUSE / "locales" / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            said = {str(m.id): str(m.string) for m in read_po(file, abort_invalid=True) if m.id}
        assert not texts.keys() & said.keys(), path
        texts |= said
    return texts


TEXTS = {language: sentences(language) for language in LANGUAGES}
IDS = sorted(TEXTS["vi"])
EVERY = [(language, message) for language in LANGUAGES for message in sorted(TEXTS[language])]


def is_word_list(message: str) -> bool:
    """What people may type instead of a label, split by "|"."""
    return message.endswith(".words") and message.removesuffix(".words") in IDS


def said(language: str, message: str) -> str:
    """What people read: word lists are not read."""
    return "" if is_word_list(message) else TEXTS[language][message]


def literals() -> Iterator[str]:
    """Every string constant of the code."""
    for folder in ("core", "storage", "handlers", "bot"):
        for path in (HOUSE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


SAID = set(literals())
SCRIPTS = "\n".join(
    path.read_text("utf-8") for path in (HOUSE / "bot/channels/web/static").iterdir() if path.suffix in {".js", ".html"}
)
UNIT_KINDS = {unit["kind"] for unit in tomllib.loads((HOUSE / "bot/demo/plan.toml").read_text("utf-8"))["units"]}
# Ids that the code puts together: (pattern, why it is in use).
FAMILIES = (
    (r"menu\.(\w+)", lambda name: f"/{name}" in SAID or any(name == a.name and a.listed for a in ACTIONS)),
    (r"menu\.(cast\w+)", lambda name: any(name == action.name for action in ACTIONS)),
    (r"register\.(\w+)\.(?:ask|label)", lambda key: key in {question.key for question in FORM.questions}),
    (r"export\.(\w+)\.label", lambda key: key in SAID),
    (r"sex\.([MF])", lambda _: True),
    (r"unit\.kind\.(\w+)", lambda _: True),  # a unit's kind is data; an organisation may have any of them
    (r"check\.(\w+)", lambda code: code in SAID),
    (r"unclear\.kind\.(\w+)", lambda kind: kind in SAID),
    (r"mydata\.(?:purpose\.|known\.)?(\w+)", lambda key: key in SAID),
    # Of the states that hear a notice, each has its own sentence.
    (r"notice\.(\w+)\.\w+", lambda name: name in {notice.name for notice in (*NOTICES, ELIGIBLE)}),
    (r"change\.what\.(\w+)", lambda line: line in SAID),
    (r"why\.(\w+)", lambda reason: reason in SAID),
    (r"reminders\.pause\.(\w+)", lambda key: key in SAID),
    (r"eligible\.since\.(\w+)", lambda counted_from: counted_from in SAID),
    (r"component\.(\w+)", lambda kind: kind in set(Component)),
    (r"term\.(\w+)", lambda unit: unit in SAID),
    (r"verdict\.(\w+)(?:\.from)?", lambda answer: answer in set(Answer)),
    (r"verdict\.why\.(\w+)", lambda rule: rule in SAID),
    (r"join\.(?:listed|mine|state)\.(\w+)", lambda state: state in set(JoinState) | {"gave", "deferred", "absent"}),
    (r"web\.(\w+)", lambda key: re.search(rf"\b{key}\b", SCRIPTS)),
    (r"rounds\.field\.(\w+)", lambda key: key in fields.BY_KEY),
    (r"rounds\.ask\.(\w+)", lambda key: key in fields.BY_KEY and fields.BY_KEY[key].read),
    (r"rounds\.shown\.(\w+)", lambda column: any(column in row.columns for row in fields.FIELDS)),
    (r"rounds\.filter\.(\w+)", lambda name: name in FILTERS),
    (r"rounds\.(?:state|confirm|became)\.(\w+)", lambda state: state in set(RoundState)),
    (r"rounds\.(?:log|why_not)\.(\w+)", lambda name: name in SAID),
    (
        r"units\.(?:fact|why_not|do)\.(\w+)",
        lambda name: name in SAID or re.fullmatch(r"(?:merge|split|dissolve)d_(?:of|into)", name),
    ),
    (r"unitfile\.heading\.(\w+)", lambda name: name in SAID),
    (r"units\.doc\.(\w+)", lambda name: name in unit_columns.COLUMNS or name in SAID),
    (r"units\.field\.(\w+)", lambda key: key in unit_fields.BY_KEY or key == "kind"),
    (
        r"units\.ask\.(\w+)",
        lambda key: key in unit_fields.BY_KEY or key in reform.PICKS or key in SAID,
    ),
    (r"units\.preview\.(\w+)", lambda do: do in reform.STEPS or do in SAID),
    (r"units\.touch\.\w+\.(\w+)", lambda do: do in reform.STEPS or do in SAID),
    (r"newround\.(\w+)\.label", lambda key: any(key == question.key for question in new.FORM.questions)),
    (r"faq\.ask\.(\w+)", lambda key: key in SAID),
    (r"faq\.became\.(\w+)", lambda change: change in SAID),
    (r"questions\.became\.(\w+)", lambda state: state in SAID),
    (r"import\.(?:doc|heading|kind|state)\.(\w+)", lambda name: name in SAID),
    (r"import\.field\.(\w+)", lambda name: name in READERS or name in Round.__slots__),
    (r"import\.(?:help|example)\.(\w+)", lambda name: name in {field for field, *_ in PLAN_COLUMNS}),
    (r"broadcast\.answer\.(\w+)", lambda answer: answer in ANSWERS),
    (r"broadcast\.why\.(\w+)", lambda why: why in Count.__slots__),
    (r"broadcast\.who\.(\w+)(?:\.words)?", lambda key: key in {question.key for question in broadcast.FORM.questions}),
    (r"broadcast\.ready\.(\w+)\.(?:title|text)", lambda name: name in broadcast.words.READY),
    (r"broadcasts\.did\.(\w+)", lambda name: any(name == action.name for action in ACTIONS)),
    (r"cast\.state\.(\w+)", lambda state: state in set(CastState)),
    (r"cast\.count\.(\w+)", lambda name: hasattr(Progress(0), name)),
    (r"missed\.why\.(\w+)", lambda why: why in SAID),
    (r"missed\.(\w+)", lambda name: name in SAID),
    (r"import\.sample\.[123]\.(occasion|executing)", lambda _: True),
    (r"quotas\.kind\.(\w+)", lambda kind: kind in FIELDS),
    (r"(?:board|points)\.(?:doc\.)?(\w+)", lambda name: name in SAID),
    (r"progress\.under\.(\d+)", lambda share: int(share) in SHARES),
    (r"(progress\.\w+)_none", lambda message: message in SAID),
    (r"role\.(?:can\.)?(\w+)", lambda name: name.upper() in Role.__members__),
    (r"accept\.(used|withdrawn|expired)", lambda why: why in SAID),
    (r"audit\.kind\.(\w+)", lambda kind: kind in audit_text.KINDS),
    (r"audit\.fact\.(\w+)", lambda key: key in audit_text._FACTS),
    (r"audit\.(?:list|change)\.(\w+)", lambda name: name in SAID or name in set(RoundState)),
    (r"audit\.(\w+)", lambda action: action in audit_text.ACTIONS),
    (r"audit\.column\.(\w+)", lambda name: name in SAID),
    (r"club\.column\.(\w+)", lambda name: name in SAID),
    (r"poster\.(?:pdf|png)_(ready)", lambda _: True),
    (r"newperson\.(\w+)\.label", lambda key: any(key == question.key for question in NEW_PERSON.questions)),
    (r"person\.example\.(\w+)", lambda key: key in PERSON_FIELDS),
    (r"donor\.group\.(\w+)", lambda source: source in {"certificate", "facility"}),
    (r"list\.doubt\.(\w+?)_(?:all|yes)", lambda name: f"list.doubt.{name}" in GROUPS),
    (r"list\.doubt\.(young|old)_perhaps", lambda _: True),
    (r"list\.doubt\.(\w+)", lambda name: name in SAID or f"list.doubt.{name}" in SAID),
    (r"list\.field\.(\w+)", lambda name: name in TYPED or name in LIST_FIELDS),
    (r"list\.never\.(\w+)", lambda name: name in NEVER),
    (r"list\.twin\.(\w+)", lambda name: name in SAID),
    (r"list\.doc\.(?:help\.)?(\w+)", lambda name: name in SAID),
    (r"(.+)\.words", lambda message: message in SAID or re.fullmatch(r"sex\.[MF]|list\.doubt\.\w+_yes", message)),
)


def is_used(message: str) -> bool:
    """Named in the code, or of a family that is."""
    matches = ((re.fullmatch(pattern, message), reason) for pattern, reason in FAMILIES)
    return message in SAID or any(match and reason(match[1]) for match, reason in matches)


def placeholders(text: str) -> set[str]:
    """Names in braces. A bad template raises ValueError."""
    fields = [
        (name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(text) if name is not None
    ]
    assert all(name.isidentifier() and not spec and not conversion for name, spec, conversion in fields), text
    return {name for name, _, _ in fields}


def test_every_language_says_everything() -> None:
    """The same ids, and none empty."""
    for language in LANGUAGES:
        assert sorted(TEXTS[language]) == IDS
        assert all(TEXTS[language].values())


@pytest.mark.parametrize("message", IDS)
def test_every_language_puts_the_same_values_in(message: str) -> None:
    """Plain names in braces only: a format specification could run on a person's name."""
    assert len({frozenset(placeholders(TEXTS[language][message])) for language in LANGUAGES}) == 1


def test_no_sentence_is_left_over() -> None:
    """Whoever deletes code deletes its words."""
    assert [message for message in IDS if not is_used(message)] == []


def test_no_sentence_is_missing() -> None:
    """Whatever in the code looks like an id of a known family is one, and composed ids exist."""
    rooms = {message.partition(".")[0] for message in IDS}
    ids = {text for text in SAID if re.fullmatch(r"[a-z]+(\.[a-z_]+)+", text) and text.partition(".")[0] in rooms}
    assert ids - set(DOCUMENTS) - set(IDS) == set()
    wanted = {f"menu.{action.name}" for action in ACTIONS if action.listed} | {
        f"unit.kind.{kind}" for kind in UNIT_KINDS
    }
    wanted |= {f"rounds.field.{row.key}" for row in fields.FIELDS}
    wanted |= {f"rounds.ask.{row.key}" for row in fields.FIELDS if row.read}
    wanted |= {f"rounds.filter.{name}" for name in FILTERS}
    wanted |= {f"audit.{action}" for action in audit_text.ACTIONS} | {f"audit.kind.{kind}" for kind in audit_text.KINDS}
    wanted |= {f"audit.fact.{key}" for key in audit_text._FACTS}
    wanted |= {f"role.{role.name.lower()}" for role in Role if role is not Role.DONOR}
    wanted |= {f"rounds.state.{state}" for state in RoundState}
    wanted |= {f"newround.{question.key}.label" for question in new.FORM.questions}
    wanted |= {
        f"register.{question.key}.{part}" for question in FORM.questions if question.show for part in ("ask", "label")
    }
    assert wanted - set(IDS) == set()


NAV = ("form.back", "form.cancel")
OUT = ("form.back", "rounds.leave")
LATER = ("form.back", "list.leave")
LEFT = ("form.back", "broadcast.leave")
QUESTIONS = (
    ("form.agree", "form.decline"),
    ("form.save", *NAV),
    ("unit.browse", "unit.own", "unit.more", "unit.fewer", "unit.up", *NAV),
    ("sex.M", "sex.F", *NAV),
    ("blood.positive", "blood.negative", "blood.unknown", *NAV),
    ("count.never", *NAV),
    ("last.unknown", *NAV),
    ("export.all", "unit.browse", "unit.own", *NAV),
    ("export.everybody", "unit.more", "unit.fewer", *NAV),
    ("export.xlsx", "export.csv", *NAV),
    ("export.by_then", "export.by_now", *NAV),
    ("forget.yes", "forget.no", *NAV),
    ("count.never", "last.unknown", *NAV),
    ("form.agree", "form.decline", "eligible.skip"),
    ("sex.M", "sex.F", "eligible.skip", *NAV),
    ("eligible.none", "eligible.other", "eligible.skip", *NAV),
    ("eligible.no_more", "eligible.other", "eligible.skip", *NAV),
    ("eligible.no", "eligible.yes", "eligible.skip", *NAV),
    ("eligible.no", "eligible.unsure", "eligible.skip", *NAV),
    ("import.save", "import.drop"),
    ("import.save_good", "import.drop"),
    ("reminders.done",),
    ("join.certain", "join.wait", "join.maybe", "join.no", "join.other", *NAV),
    ("join.slot.any", *NAV),
    ("unit.more", "unit.fewer", "rounds.filter", "rounds.new", *OUT),
    (
        *(f"rounds.do.{what}" for what in "open reopen close done undo cancel edit add split copy log".split()),
        *OUT,
    ),
    ("rounds.tentative", "rounds.settled", "rounds.reminders_none", "rounds.empty", "rounds.skip", *OUT),
    ("rounds.rules_usual", *OUT),
    ("rounds.units_done", "unit.browse", "rounds.everybody", "unit.more", "unit.fewer", *OUT),
    ("rounds.units_done", "unit.browse", "rounds.everybody", "unit.more", "unit.fewer", *NAV),
    ("unit.browse", "unit.more", "unit.fewer", "unit.up", "rounds.units_back", *OUT),
    ("unit.more", "unit.fewer", "rounds.split_done", *OUT),
    ("rounds.add_over", *OUT),
    (
        "unit.more",
        "unit.fewer",
        "units.show_over",
        "units.back_to_list",
        "units.new",
        "units.do.add",
        "units.file",
        *OUT,
    ),
    (*(f"units.do.{what}" for what in "below edit add rename reports move merge split dissolve poster".split()), *OUT),
    (*(f"units.field.{key}" for key in "name short aliases kind".split()), *OUT),
    ("units.empty", *OUT),
    ("units.today", "units.since_ever", *OUT),
    ("units.no_note", *OUT),
    ("units.confirm", *OUT),
    ("units.file_export", *OUT),
    ("unitfile.save", "import.drop"),
    ("rounds.units_done", "units.start_again", "units.a_new_one", "unit.browse", *OUT),
    ("unmapped.let_be", "unit.browse", *OUT),
    ("unmapped.alias_yes", "unmapped.alias_no", *OUT),
    ("unit.more", "unit.fewer", *OUT),
    (*(f"quotas.do.{what}" for what in "set import file other".split()), *OUT),
    ("quotas.do.none", *OUT),
    ("unit.browse", "unit.more", "unit.fewer", "unit.up", "quotas.do.skip", *NAV),
    ("quotas.do.go_on", *NAV),
    ("quotas.do.save", "import.drop"),
    (*(f"progress.do.{what}" for what in "fresh file silent under compare now then nudge round".split()), *OUT),
    ("progress.do.send", "progress.do.edit", *OUT),
    ("progress.do.usual", *OUT),
    ("progress.do.send_again", "progress.do.send_rest", *OUT),
    ("ask.to_officer", *NAV),
    ("ask.send", "ask.again", *NAV),
    ("questions.do.answer", "questions.do.close", "questions.do.pass", *OUT),
    ("questions.do.faq", "questions.do.list", *OUT),
    ("questions.do.send", "ask.again", *OUT),
    (*(f"questions.reason.{reason}" for reason in ("phone", "double", "other")), *OUT),
    ("unit.more", "unit.fewer", "faq.do.new", *OUT),
    (*(f"faq.do.{what}" for what in "vi en hide up down restore".split()), *OUT),
    (*(f"faq.do.{what}" for what in "vi en show up down delete".split()), *OUT),
    ("form.save", *(f"faq.edit.{what}" for what in "question answer source source_on checked".split()), *OUT),
    ("form.save", *(f"faq.edit.{what}" for what in "question answer source source_on verify".split()), *OUT),
    ("list.round.none", "unit.more", "unit.fewer", *LATER),
    ("list.text.out", *LATER),
    ("list.go_on", *LATER),
    *((f"{message}_yes", "list.each", *LATER) for message in GROUPS),
    ("sex.M", "sex.F", "list.keep", "list.fix", "list.skip", "list.keep_all", "list.skip_all", *LATER),
    ("list.twin.same", "list.twin.other", "list.twin.all", *LATER),
    ("list.gone.keep", "list.gone.out", *LATER),
    ("list.full.over", "list.full.fit", *LATER),
    ("list.agree", "list.again", "list.other_round", "list.drop", "list.nothing_done", *LATER),
    (*(f"broadcast.who.{way}" for way in "next units round answers blood day language officers".split()), *LEFT),
    (*(f"broadcast.who.{way}" for way in "next units round answers blood day language donors".split()), *LEFT),
    ("unit.browse", "unit.more", "unit.fewer", "unit.up", "broadcast.units.all", *LEFT),
    ("broadcast.round.none", "unit.more", "unit.fewer", *LEFT),
    ("broadcast.blood.all", "broadcast.done", *LEFT),
    ("broadcast.day.today", "broadcast.day.none", *LEFT),
    ("broadcast.language.all", *LEFT),
    ("broadcast.ready.own", *LEFT),
    (*(f"broadcast.preview.{way}" for way in "send photo pin join who ready".split()), *LEFT),
    (*(f"broadcast.preview.{way}" for way in "send no_photo no_pin no_join who ready".split()), *LEFT),
    ("broadcast.when.now", *LEFT),
    ("broadcast.when.morning", "broadcast.when.night", *LEFT),
    ("broadcast.again.yes", *LEFT),
    ("broadcast.confirm.yes", *LEFT),
)


# "đúng" (save) and "dừng" (stop) are told apart by their marks; who types neither is asked again.
SAME_WITHOUT_MARKS = {"dung"}


@pytest.mark.parametrize("choices", QUESTIONS, ids=lambda choices: choices[0])
@pytest.mark.parametrize("seen_as", [str.lower, fold])
def test_no_word_means_two_choices_of_one_question(choices: tuple[str, ...], seen_as: Callable[[str], str]) -> None:
    """Also without diacritics, and over all languages: every language is understood at any time."""
    owners: dict[str, set[str]] = {}
    for choice, language in itertools.product(choices, LANGUAGES):
        for word in (*TEXTS[language][f"{choice}.words"].split("|"), TEXTS[language][choice]):
            owners.setdefault(seen_as(word), set()).add(choice)
    shared = {word for word, choices in owners.items() if len(choices) > 1 or not word}
    assert shared - (SAME_WITHOUT_MARKS if seen_as is fold else set()) == set()


def test_every_list_of_words_belongs_to_a_question() -> None:
    """So that the test above looks at it."""
    listed = {f"{choice}.words" for choices in QUESTIONS for choice in choices}
    assert set(filter(is_word_list, IDS)) == listed


@pytest.mark.parametrize(("language", "message"), EVERY)
def test_a_sentence_is_well_typed(language: str, message: str) -> None:
    """NFC, single spaces, … and curly quotation marks, no space before a stop, nothing invisible."""
    text = TEXTS[language][message]
    assert text == unicodedata.normalize("NFC", text)
    assert text == "\n".join(line.strip(" ") for line in text.split("\n"))
    assert "  " not in text
    assert "..." not in text
    assert '"' not in text
    assert not re.search(r" [,.;:?!](\s|$)", said(language, message))
    assert all(unicodedata.category(letter)[0] != "C" or letter == "\n" for letter in text)


ENGLISH = re.compile(
    r"\b(?:the|you|your|please|is|are|of|and|or|to|for|with|not|no|yes|number|name|date|press|button|type|back|cancel|save|file"
    r"|export|help|register|profile|data|start|unit|round|error|list|send|open|close|choose)\b",
    re.IGNORECASE,
)
# What a Vietnamese reads as a name, or what is there for those who read English.
FOREIGN = {"menu.language", "language.ask", "language.name"}


@pytest.mark.parametrize("message", IDS)
def test_the_vietnamese_file_is_vietnamese(message: str) -> None:
    """No English word stands in a sentence (placeholders aside)."""
    text = re.sub(r"\{\w+\}", "", said("vi", message))
    assert message in FOREIGN or not ENGLISH.search(text), text


# Written alike everywhere. Both ways are right Vietnamese; the house takes the left one.
SPELLING = (("xoá", "xóa"), ("huỷ", "hủy"), ("hoà", "hòa"), ("khoẻ", "khỏe"), ("tuỳ", "tùy"), ("toà", "tòa"))


@pytest.mark.parametrize("message", [message for message in IDS if not is_word_list(message)])
def test_vietnamese_is_spelt_alike_everywhere(message: str) -> None:
    """Tone marks sit as in xoá, huỷ, khoẻ; the person is always "bạn"."""
    text = TEXTS["vi"][message].lower()
    assert [other for _, other in SPELLING if other in text] == []
    assert not re.search(r"\b(?:quý vị|quý khách|anh/chị|các bạn)\b", text)


@pytest.mark.parametrize(("language", "message"), EVERY)
def test_commands_are_named_in_the_language_of_the_sentence(language: str, message: str) -> None:
    """/dangky in Vietnamese, /register in English: what the menus of that language show."""
    named = set(re.findall(r"(?<![\w/.}])/([a-z]{3,})\b", said(language, message)))
    assert named <= {action.shown(language) for action in ACTIONS}


LAW = re.compile(r"Thông tư|Circular|Điều \d|article \d|Nghị định|Decree|Luật|Law")


def test_the_law_is_quoted_with_number_and_article() -> None:
    """Age 18 to 60 is article 4 of Circular 26/2013/TT-BYT in both languages, and no other law is quoted."""
    for language, article in (("vi", "Điều 4"), ("en", "article 4")):
        quoting = {message for message in IDS if LAW.search(said(language, message))}
        assert quoting
        assert all("26/2013/TT-BYT" in TEXTS[language][m] and article in TEXTS[language][m] for m in quoting)


def test_the_notice_says_all_that_the_law_asks_for() -> None:
    """A program, who keeps it, what for, who receives it, that it is sensitive, how to see, mend, erase and withdraw.

    Source: Law 91/2025/QH15 art. 9; Decree 356/2025 art. 6; Law 134/2025/QH15 art. 11.
    """
    words = load_words("vi")
    for language, parts in {
        "vi": [
            "chương trình máy tính",
            "Để làm gì",
            "Ai nhận",
            "nhạy cảm",
            "/dulieu",
            "/hoso",
            "/xoa",
            "rút lại đồng ý",
        ],
        "en": [
            "computer program",
            "What for",
            "Who receives it",
            "sensitive",
            "/mydata",
            "/profile",
            "/forget",
            "withdraw",
        ],
    }.items():
        notice = words.say(language, "register.notice", organisation="HỘI", contact="CÔ LAN")
        assert [part for part in [*parts, "HỘI", "CÔ LAN"] if part not in notice] == []

"""What the documents name exists: links, files, commands, make targets, settings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.config import Config
from core.people import Role
from handlers.engine import ACTIONS

HOUSE = Path(__file__).parents[1]
READMES = (HOUSE / "README.md", HOUSE / "README.vi.md")
PAGES = sorted([*READMES, *(HOUSE / "docs").rglob("*.md")])
COMMANDS = {name for action in ACTIONS for name in action.names}
RULES = (HOUSE / "bot/rules/__init__.py").read_text("utf-8")  # what a rule set's file may say
MADE_LATER = ("data", ".venv", "tests/servers/zalo")  # not in the repository: made by running, or drawn only


def named(path: Path) -> str:
    """For the report of pytest."""
    return str(path.relative_to(HOUSE))


def code_of(page: Path) -> Iterator[str]:
    """Every `span` and every line of a block."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    yield from (line for block in blocks for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files, folders, pictures and headings of our own; addresses of others are theirs."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_path_exists(page: Path) -> None:
    """`handlers/form.py` and the like, from the house or from the page; the decisions may name what was refused."""
    for span in code_of(page):
        path = span.partition(":")[0].rstrip("/")
        if re.fullmatch(r"(?:bot|core|handlers|storage|locales|tests|docs|deploy|tools|benchmarks)/[\w./-]+", path):
            if page.parent.name == "decisions" and not (HOUSE / path).exists():
                assert page.name.startswith("0010"), span
                continue
            assert (HOUSE / path).exists() or path.startswith(MADE_LATER), span


def test_every_page_that_the_code_names_exists() -> None:
    """A comment that sends the reader to a page that is gone is worse than none."""
    folders = ("bot", "core", "handlers", "storage", "tests", "benchmarks", "tools", "deploy")
    files = [
        path for folder in folders for path in (HOUSE / folder).rglob("*") if path.suffix in {".py", ".sql", ".service"}
    ]
    names = {name for file in files for name in re.findall(r"docs/[\w/.-]+\.md", file.read_text("utf-8"))}
    assert [name for name in sorted(names) if not (HOUSE / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_exists(page: Path) -> None:
    """With the variables that the Makefile knows."""
    makefile = (HOUSE / "Makefile").read_text("utf-8")
    for span in code_of(page):
        if match := re.match(r"make ([a-z]+)((?: [A-Z]+=\S+)*)", span):
            assert re.search(rf"^{match[1]}:", makefile, re.MULTILINE), span
            assert all(f"{name} ?=" in makefile for name in re.findall(r" ([A-Z]+)=", match[2])), span


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_line_is_one(page: Path) -> None:
    """`giothong <command>` and its options."""
    for span in code_of(page):
        if match := re.match(r"(?:\.venv/bin/)?giothong ([a-z]+)\b(.*)", span):
            assert match[1] in main.commands, span
            known = {
                option
                for parameter in main.commands[match[1]].params
                for option in (*parameter.opts, *parameter.secondary_opts)
            }
            assert set(re.findall(r"--[a-z-]+", match[2])) <= known, span


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_setting_exists(page: Path) -> None:
    """`section.key`, `key = …` and the variables."""
    sections = {name: type(field.default).model_fields for name, field in Config.model_fields.items()}
    variables = {f"GIOTHONG_{section}__{key}".upper() for section, keys in sections.items() for key in keys}
    for span in code_of(page):
        assert set(re.findall(r"GIOTHONG_\w+", span)) <= variables, span
        match = re.fullmatch(r"([a-z]+)\.([a-z_]+)", span)
        if match and match[1] in sections:
            assert match[2] in sections[match[1]], span
        if match := re.match(r'([a-z_]+) = (?:"|\[|true|false|\d)', span):
            of_rules = page.name == "rules.md" and re.search(rf"\b{match[1]}\b", RULES)
            assert of_rules or any(match[1] in keys for keys in sections.values()), span


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_chat_command_exists(page: Path) -> None:
    """/dangky, /register and the like, wherever they stand in a sentence."""
    text = re.sub(r"^```.*?^```|`[^`\n]*`|<!--.*?-->", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = set(re.findall(r"(?<![\w/.:)\]])/([a-z]{3,})\b(?!/)", text))
    assert found - COMMANDS == set()


@pytest.mark.parametrize("page", READMES, ids=named)
def test_the_table_of_commands_is_the_program_s(page: Path) -> None:
    """Every action, with both names and the role it needs, once."""
    rows = re.findall(r"^\| /(\w+) \| /(\w+) \| ([^|]+) \|", page.read_text("utf-8"), re.MULTILINE)
    english = ("everybody", "desk helpers", "club heads", "officers", "admins")
    vietnamese = ("mọi người", "người giúp bàn", "chủ nhiệm câu lạc bộ", "cán bộ", "quản trị")
    roles = dict(zip(Role, english if page.name == "README.md" else vietnamese, strict=True))
    assert sorted(rows) == sorted((a.names[-1], a.names[0], roles[a.role]) for a in ACTIONS)


def test_both_readmes_tell_the_same() -> None:
    """The same headings, tables, pictures, links and commands, in the same order."""

    def shape(page: Path) -> tuple[list[str], ...]:
        text = page.read_text("utf-8").replace("README.vi.md", "README.md")
        headings = re.findall(r"^(#+) ", text, re.MULTILINE)
        links = re.findall(r"\]\(([^)\s]+)\)", text)
        rows = [str(line.count("|")) for line in text.splitlines() if line.startswith("|")]
        items = re.findall(r"^(\d\.|-) ", text, re.MULTILINE)
        return headings, links, rows, items

    assert shape(READMES[0]) == shape(READMES[1])


def test_the_readme_opens_with_the_two_commands() -> None:
    """And with a picture of the chat and of the printed list before anything else is explained."""
    for page in READMES:
        head = page.read_text("utf-8").split("\n## ")[0]
        assert re.findall(r"^make (\w+)", head, re.MULTILINE) == ["demo", "test"]
        assert "chat-phone.png" in head
        assert "registration-list.png" in head


def test_every_decision_is_listed_in_order() -> None:
    """Numbered without gaps, named in the list as in their headings."""
    files = sorted((HOUSE / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = {int(file.name[:4]) for file in files}
    assert len(numbers) == len(files)
    assert numbers == set(range(1, max(numbers) + 1))
    titles = [file.read_text("utf-8").partition("\n")[0].removeprefix(f"# {file.name[:4]} ") for file in files]
    listed = re.findall(
        r"^\d+\. \[(.+)\]\((.+)\)$", (HOUSE / "docs/decisions/README.md").read_text("utf-8"), re.MULTILINE
    )
    assert listed == [(title, file.name) for title, file in zip(titles, files, strict=True)]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_is_well_typed(page: Path) -> None:
    """No trailing spaces, one title, no names of the seeds' people: only what is written here."""
    text = page.read_text("utf-8")
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert len(re.findall(r"^# ", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)) == 1
    assert text.endswith("\n")


def test_the_glossary_points_at_what_is_there() -> None:
    """Where a word is said to live, the file is."""
    rows = re.findall(r"^\| (.+) \| (.+) \| `(.+)` \|$", (HOUSE / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 20
    assert [place for _, _, place in rows if not (HOUSE / place).exists()] == []

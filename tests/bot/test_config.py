"""Settings: the example file is true, and whatever is wrong is said in one line that names the key."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Config, ConfigError, load_config

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECRET = "hush-4711"
ON = '[telegram]\nenabled = true\ntoken = "1000:TEST"\n'


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIOTHONG_") or name == "CREDENTIALS_DIRECTORY"]:
        monkeypatch.delenv(name)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Where a test writes its settings."""
    return tmp_path / "giothong.toml"


def settings(config: Config) -> dict[str, dict[str, object]]:
    """Section -> key -> value, secrets as text."""
    return {
        section: {
            key: value.get_secret_value() if isinstance(value, SecretStr) else value
            for key, value in getattr(config, section)
        }
        for section in Config.model_fields
    }


def test_the_example_names_every_setting_with_its_default() -> None:
    """Both directions: no setting is missing, none is left over, and every value is the default."""
    assert tomllib.loads(EXAMPLE.read_text("utf-8")) == settings(Config())


def test_the_example_loads_and_changes_nothing() -> None:
    """Who copies it unchanged has the defaults."""
    assert load_config(EXAMPLE) == Config()


def test_the_example_explains_every_setting_in_one_line() -> None:
    """A comment stands right above each key."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r"[a-z_]+ = ", line)]
    assert all(lines[number - 1].startswith("# ") and len(lines[number - 1]) > 12 for number in keys)
    assert len(keys) == sum(map(len, settings(Config()).values()))


def test_the_program_runs_without_any_file() -> None:
    """The defaults alone are a working set-up."""
    assert load_config(None) == Config()


def test_the_environment_wins_over_the_file(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the environment replaces that key alone; the file's others stay."""
    written.write_text('[telegram]\ntoken = "1:FILE"\nproxy = "http://file:3128"\n', "utf-8")
    monkeypatch.setenv("GIOTHONG_TELEGRAM__TOKEN", "2:ENVIRONMENT")
    config = load_config(written)
    assert config.telegram.token.get_secret_value() == "2:ENVIRONMENT"
    assert config.telegram.proxy == "http://file:3128"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files and units like to hand on variables that nobody filled in."""
    monkeypatch.setenv("GIOTHONG_WEB__PORT", "")
    assert load_config(None).web.port == 8080


@pytest.mark.parametrize("admin", ["telegram:@giang", "telegram:giang", "telegram:-1001", "telegram:01"])
def test_an_admin_by_name_is_refused(monkeypatch: pytest.MonkeyPatch, admin: str) -> None:
    """Telegram's names change hands, and the administrators' menu would go to everybody."""
    monkeypatch.setenv("GIOTHONG_BOT__ADMINS", admin)
    with pytest.raises(ConfigError, match=r"bot\.admins.*number"):
        load_config(None)


@pytest.mark.parametrize(
    "admins", ["telegram:1001,telegram:1002", "telegram:1001, telegram:1002", '["telegram:1001", "telegram:1002"]']
)
def test_admins_come_from_the_environment_as_a_line(admins: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas suffice; a list as in the file is understood too."""
    monkeypatch.setenv("GIOTHONG_BOT__ADMINS", admins)
    assert load_config(None).bot.admins == ["telegram:1001", "telegram:1002"]


def test_a_systemd_credential_is_read_like_its_variable(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wins over the file, the environment wins over it, and the newline that an editor leaves does not count."""
    written.write_text('[telegram]\nenabled = true\ntoken = "1:FILE"\n', "utf-8")
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "GIOTHONG_TELEGRAM__TOKEN").write_text("2:CREDENTIAL\n", "utf-8")
    (tmp_path / "credentials" / "config.toml").write_text("of no concern", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert load_config(written).telegram.token.get_secret_value() == "2:CREDENTIAL"
    assert load_config(written).telegram.enabled
    monkeypatch.setenv("GIOTHONG_TELEGRAM__TOKEN", "3:ENVIRONMENT")
    assert load_config(written).telegram.token.get_secret_value() == "3:ENVIRONMENT"


def test_the_unit_file_hands_over_credentials_that_are_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What deploy/giothong.service loads is read."""
    unit = (EXAMPLE.parent / "deploy" / "giothong.service").read_text("utf-8")
    names = re.findall(r"^LoadCredential=(GIOTHONG_\w+):", unit, re.MULTILINE)
    assert names == ["GIOTHONG_TELEGRAM__TOKEN"]
    (tmp_path / names[0]).write_text("5:UNIT", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert load_config(None).telegram.token.get_secret_value() == "5:UNIT"


def test_a_command_may_demand_and_may_suggest(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Suggestions stand under file and environment, demands above them."""
    written.write_text('[bot]\norganisation = "Hội Chữ thập đỏ"\n', "utf-8")
    monkeypatch.setenv("GIOTHONG_WEB__PORT", "9000")
    config = load_config(written, defaults={"bot": {"organisation": "X", "province": "Lai Châu"}}, web={"port": 0})
    assert (config.bot.organisation, config.bot.province, config.web.port) == ("Hội Chữ thập đỏ", "Lai Châu", 0)


BAD_FILES = [
    ("not TOML", "[bot", "giothong.toml"),
    ("a string without end", f'[telegram]\ntoken = "{SECRET}', "giothong.toml"),
    ("the same key twice", "[web]\nport = 1\nport = 2", "giothong.toml"),
    ("a key outside of any section", 'organisation = "Hội"', "organisation"),
    ("a section that is a value", "web = 8080", "web"),
    ("an unknown section", "[telgram]\nenabled = true", "telgram"),
    ("an unknown key", '[bot]\norganization = "Hội"', "bot.organization"),
    ("no organisation", '[bot]\norganisation = ""', "bot.organisation"),
    ("a language that is not spoken", '[bot]\nlanguage = "fr"', "bot.language"),
    ("a zone that is none", '[bot]\ntimezone = "Asia/Lai_Chau"', "bot.timezone"),
    ("a zone outside of the folder", '[bot]\ntimezone = "../../etc/passwd"', "bot.timezone"),
    ("admins without a channel", '[bot]\nadmins = ["1001"]', "bot.admins"),
    ("admins as numbers", "[bot]\nadmins = [1001]", "bot.admins.0"),
    ("no day for a form", "[bot]\nform_days = 0", "bot.form_days"),
    ("another database", '[storage]\nurl = "postgresql://localhost/giothong"', "storage.url"),
    ("no database", '[storage]\nurl = "sqlite:///"', "storage.url"),
    ("an hour that is none", '[reminders]\nquiet_from = "24:00"', "reminders.quiet_from"),
    ("a reminder without its hour", '[reminders]\ndays = ["7"]', "reminders.days"),
    ("two reminders for one day", '[reminders]\ndays = ["1 08:00", "1 18:00"]', "reminders.days"),
    ("a key that is a list", f'[storage]\nkey = ["{SECRET}"]', "storage.key"),
    ("neither yes nor no", '[telegram]\nenabled = "maybe"', "telegram.enabled"),
    ("no token", "[telegram]\nenabled = true", "telegram.token"),
    ("a token that is a number", "[telegram]\nenabled = true\ntoken = 4711", "telegram.token"),
    ("a token of another shape", f'[telegram]\nenabled = true\ntoken = "{SECRET}"', "telegram.token"),
    ("a token with a space", f'[telegram]\nenabled = true\ntoken = "1000:{SECRET} x"', "telegram.token"),
    ("a base_url without scheme", ON + 'base_url = "api.telegram.org"', "telegram.base_url"),
    ("a proxy without scheme", ON + 'proxy = "proxy:3128"', "telegram.proxy"),
    ("another mode", ON + 'mode = "push"', "telegram.mode"),
    ("a webhook without address", ON + 'mode = "webhook"', "telegram.webhook_url"),
    ("a webhook in the clear", ON + 'mode = "webhook"\nwebhook_url = "http://a.vn/"', "telegram.webhook_url"),
    ("a webhook for all", ON + 'mode = "webhook"\nwebhook_url = "https://a.vn/"', "telegram.webhook_secret"),
    (
        "a webhook secret with a slash",
        ON + f'mode = "webhook"\nwebhook_url = "https://a.vn/"\nwebhook_secret = "{SECRET}/"',
        "telegram.webhook_secret",
    ),
    ("a port that is a word", '[web]\nport = "http"', "web.port"),
    ("a port too high", "[web]\nport = 65536", "web.port"),
    ("a public address without scheme", '[web]\npublic_url = "hienmau.example.vn"', "web.public_url"),
    ("a rate below nothing", "[delivery]\nper_second = -1", "delivery.per_second"),
    ("a rate that is no number", "[delivery]\nper_second = nan", "delivery.per_second"),
    ("nothing in flight", "[delivery]\nin_flight = 0", "delivery.in_flight"),
]


@pytest.mark.parametrize(("text", "key"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES])
def test_a_bad_file_is_one_line_that_names_the_key(written: Path, text: str, key: str) -> None:
    """The line begins with the key (or the file) and repeats no secret."""
    written.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(written)
    line = str(caught.value)
    assert line.removeprefix(f"{written.parent}/").startswith(f"{key}:")
    assert "\n" not in line
    assert SECRET not in line


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("GIOTHONG_TELEGRM__TOKEN", SECRET, "GIOTHONG_TELEGRM__TOKEN"),
        ("GIOTHONG_TELEGRAM__TOKN", SECRET, "GIOTHONG_TELEGRAM__TOKN"),
        ("GIOTHONG_TELEGRAM_TOKEN", SECRET, "GIOTHONG_TELEGRAM_TOKEN"),
        ("GIOTHONG_TELEGRAM", f'{{"token": "{SECRET}"', "GIOTHONG_TELEGRAM"),
        ("GIOTHONG_TELEGRAM__ENABLED", "maybe", "telegram.enabled"),
        ("GIOTHONG_TELEGRAM__ENABLED", "1", "telegram.token"),
        ("GIOTHONG_WEB__PORT", "eighty", "web.port"),
        ("GIOTHONG_BOT__ADMINS", "1001", "bot.admins"),
        ("GIOTHONG_STORAGE__URL", "giothong.db", "storage.url"),
    ],
)
def test_a_bad_variable_is_one_line_that_names_it(
    name: str, value: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable nobody knows is refused: a misspelt token would else be passed over in silence."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_config(None)
    assert str(caught.value).startswith(f"{key}:")
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe[\x00b\x00o\x00t\x00]\x00", None], ids=["UTF-16", "a folder"])
def test_what_cannot_be_read_is_one_line_that_names_the_file(written: Path, content: bytes | None) -> None:
    """Also a file of another encoding, and a folder."""
    written.write_bytes(content) if content else written.mkdir()
    with pytest.raises(ConfigError, match=r"^[^\n]*giothong\.toml: cannot be read: [^\n]*$"):
        load_config(written)


def test_a_file_of_windows_notepad_is_read(written: Path) -> None:
    """It begins with a byte order mark and ends its lines with CR LF."""
    written.write_bytes(b"\xef\xbb\xbf[web]\r\nport = 81\r\n")
    assert load_config(written).web.port == 81


def test_no_secret_shows_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever prints the configuration sees stars."""
    for name in ("TELEGRAM__TOKEN", "TELEGRAM__WEBHOOK_SECRET", "STORAGE__KEY"):
        monkeypatch.setenv(f"GIOTHONG_{name}", SECRET)
    config = load_config(None)
    assert config.telegram.token.get_secret_value() == SECRET
    assert SECRET not in f"{config!r} {config} {config.model_dump()} {config.model_dump_json()}"

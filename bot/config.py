"""Settings: a TOML file, over it systemd credentials, over them the environment (GIOTHONG_TELEGRAM__TOKEN=…).

Every key has a default; config.example.toml lists them all.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from core.notices import DEFAULT_REMINDERS, read_reminders, reminders_text

_PREFIX = "GIOTHONG_"
_TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,18}")
_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
Sections = Mapping[str, Mapping[str, Any]]  # section -> key -> value


class ConfigError(Exception):
    """The program cannot start as configured; the text is one line that names the key."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}, an example: Asia/Ho_Chi_Minh") from error
    return name


def _listed(value: object) -> object:
    """A list, or one line as the environment writes it: "telegram:1001, telegram:1002"."""
    if not isinstance(value, str):
        return value
    return [part for part in (part.strip(' "') for part in value.strip(" []").split(",")) if part]


def _addresses(values: list[str]) -> list[str]:
    for value in values:
        channel, _, chat = value.partition(":")
        if not channel.isalpha() or not chat:
            raise ValueError(f'{value!r} must look like "telegram:1001"')
        if channel == "telegram" and not _TELEGRAM_ID.fullmatch(chat):
            raise ValueError(f"{value!r}: Telegram knows people by a number; @userinfobot tells one's own")
    return values


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BotSection(_Section):
    """[bot]: who speaks, in which language and zone, and who may do everything."""

    organisation: str = Field("Ban Chỉ đạo vận động hiến máu tình nguyện", min_length=1, max_length=200)
    contact: str = Field("", max_length=200)
    province: str = Field("", max_length=60)
    language: Literal["vi", "en"] = "vi"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"
    admins: Annotated[list[str], NoDecode, BeforeValidator(_listed), AfterValidator(_addresses)] = []
    form_days: int = Field(7, ge=1, le=365)


class StorageSection(_Section):
    """[storage]: where everything is kept."""

    url: str = "sqlite:///data/giothong.db"
    key: SecretStr = SecretStr("")


class TelegramSection(_Section):
    """[telegram]: the bot at Telegram."""

    enabled: bool = False
    token: SecretStr = SecretStr("")
    base_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    proxy: str = ""


class WebSection(_Section):
    """[web]: the HTTP server with the web chat, webhooks and health."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    chat: bool = True


class DeliverySection(_Section):
    """[delivery]: how fast is sent. 0 switches a limit off."""

    per_second: float = Field(29.5, ge=0)  # Of the 30 that Telegram permits: half a message is for the clocks.
    chat_burst: int = Field(20, ge=0)
    chat_per_second: float = Field(1.0, ge=0)
    in_flight: int = Field(32, ge=1, le=512)


class RulesSection(_Section):
    """[rules]: who may presumably give, and when."""

    default: str = "tt26"
    folder: str = ""


def _reminders(values: list[str]) -> list[str]:
    read_reminders(", ".join(values))
    return values


def _hour(value: str) -> str:
    if not _HOUR.fullmatch(value):
        raise ValueError(f'{value!r} must look like "21:00"')
    return value


Hour = Annotated[str, AfterValidator(_hour)]


class RoundsSection(_Section):
    """[rounds]: seats and those who wait for one."""

    offer_hours: int = Field(24, ge=1, le=168)
    late_hours: int = Field(24, ge=0, le=168)


class RemindersSection(_Section):
    """[reminders]: when those who take part are reminded, and when nobody is."""

    days: Annotated[list[str], NoDecode, BeforeValidator(_listed), AfterValidator(_reminders)] = reminders_text(
        DEFAULT_REMINDERS
    ).split(", ")
    quiet_from: Hour = "21:00"
    quiet_to: Hour = "07:00"
    morning: Hour = "08:00"


class EmulationSection(_Section):
    """[emulation]: points of units for a year; see core/emulation.py."""

    per_percent: float = Field(0.5, ge=0, le=100)
    percent_cap: int = Field(120, ge=1, le=1000)
    per_donation: float = Field(0.1, ge=0, le=100)
    per_list: float = Field(5.0, ge=0, le=1000)
    most: float = Field(100.0, ge=0, le=100_000)


class CalendarSection(_Section):
    """[calendar]: public holidays and swapped working days."""

    file: str = ""


class Config(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    bot: BotSection = BotSection()
    storage: StorageSection = StorageSection()
    telegram: TelegramSection = TelegramSection()
    web: WebSection = WebSection()
    delivery: DeliverySection = DeliverySection()
    rules: RulesSection = RulesSection()
    rounds: RoundsSection = RoundsSection()
    reminders: RemindersSection = RemindersSection()
    emulation: EmulationSection = EmulationSection()
    calendar: CalendarSection = CalendarSection()

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 (the library's signature)
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over credentials, and those over the file."""
        # systemd's LoadCredential= puts a file here that no environment and no `ps` shows.
        credentials = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"), secrets_dir_missing="ok"
        )
        return env_settings, credentials, init_settings


def load_config(path: Path | None, *, defaults: Sections | None = None, **final: Mapping[str, Any]) -> Config:
    """Read the file (None: none), the credentials and the environment.

    `defaults` stand under all three, `final` above them. Raises ConfigError with one line.
    """
    _refuse_unknown_variables()
    try:
        config = Config(**_over(defaults or {}, _read(path) if path else {}))
    except ValidationError as error:
        raise ConfigError(_first_line(error)) from None
    except SettingsError as error:  # A variable or a credential that cannot be taken apart.
        raise ConfigError(f"environment: {error}") from None
    sections = {name: getattr(config, name).model_copy(update=dict(keys)) for name, keys in final.items()}
    config = config.model_copy(update=sections)
    for wrong, problem in _TOGETHER:
        if wrong(config):
            raise ConfigError(problem)
    return config


def _over(below: Sections, above: Sections) -> dict[str, Any]:
    return {name: {**below.get(name, {}), **above.get(name, {})} for name in {**below, **above}}


def _first_line(error: ValidationError) -> str:
    """The first problem: its key and what is wrong. What was written is not repeated: it may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    what = "no such setting" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{key}: {what}{more}"


def _refuse_unknown_variables() -> None:
    """A misspelt GIOTHONG_TELEGRM__TOKEN would else be passed over in silence."""
    known = {
        f"{_PREFIX}{section}__{key}".upper()
        for section, field in Config.model_fields.items()
        for key in field.default.__class__.model_fields
    }
    for name in sorted(os.environ):
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise ConfigError(f"{name}: no such setting; config.example.toml lists them")


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))  # Windows' Notepad begins a file with a mark.
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; copy config.example.toml and change it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    for name, section in data.items():
        if not isinstance(section, dict):
            raise ConfigError(f"{name}: must stand in a section such as [bot]")
    return data


_ADDRESS = ("http://", "https://")
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_SECRET = re.compile(r"[\w-]{1,256}", re.ASCII)  # Source: Bot API setWebhook, secret_token


def _listens(config: Config) -> bool:
    return config.telegram.enabled and config.telegram.mode == "webhook"


_WEBHOOK = ("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")

# What no key shows alone: (wrong, what is said).
_TOGETHER: tuple[tuple[Callable[[Config], bool], str], ...] = (
    (
        lambda c: c.telegram.enabled and not c.telegram.token.get_secret_value(),
        "telegram.token: missing; get one from @BotFather, or set telegram.enabled = false",
    ),
    (
        lambda c: c.telegram.enabled and not _TOKEN.fullmatch(c.telegram.token.get_secret_value()),
        "telegram.token: does not look like a token of @BotFather: figures, a colon, letters",
    ),
    (
        lambda c: c.telegram.enabled and not c.telegram.base_url.startswith(_ADDRESS),
        "telegram.base_url: must begin with http:// or https://",
    ),
    (
        lambda c: bool(c.telegram.proxy) and not c.telegram.proxy.startswith(_ADDRESS),
        "telegram.proxy: must begin with http:// or https://",
    ),
    (
        # Telegram itself takes https only; a test server on this machine may do without.
        lambda c: _listens(c) and not c.telegram.webhook_url.startswith(_WEBHOOK),
        "telegram.webhook_url: must begin with https:// when telegram.mode is webhook",
    ),
    (
        lambda c: _listens(c) and not _SECRET.fullmatch(c.telegram.webhook_secret.get_secret_value()),
        "telegram.webhook_secret: missing or unfit; 1 to 256 of A-Z a-z 0-9 _ -",
    ),
    (
        lambda c: bool(c.web.public_url) and not c.web.public_url.startswith(_ADDRESS),
        "web.public_url: must begin with http:// or https://",
    ),
    (
        lambda c: not c.storage.url.startswith("sqlite:///") or c.storage.url == "sqlite:///",
        "storage.url: must look like sqlite:///data/giothong.db",
    ),
)

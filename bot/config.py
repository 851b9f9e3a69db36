"""Settings: a TOML file, overridden by the environment (GIOTHONG_TELEGRAM__TOKEN=…). Every key has a default."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class ConfigError(Exception):
    """The program cannot start as configured; the text is one line that names the key."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}, an example: Asia/Ho_Chi_Minh") from error
    return name


def _addresses(values: list[str]) -> list[str]:
    for value in values:
        channel, _, chat = value.partition(":")
        if not channel.isalpha() or not chat:
            raise ValueError(f'{value!r} must look like "telegram:1001"')
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
    admins: Annotated[list[str], AfterValidator(_addresses)] = []
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

    per_second: float = Field(29.0, ge=0)
    chat_burst: int = Field(20, ge=0)
    chat_per_second: float = Field(1.0, ge=0)
    in_flight: int = Field(8, ge=1, le=512)


class Config(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(env_prefix="GIOTHONG_", env_nested_delimiter="__", extra="forbid", frozen=True)

    bot: BotSection = BotSection()
    storage: StorageSection = StorageSection()
    telegram: TelegramSection = TelegramSection()
    web: WebSection = WebSection()
    delivery: DeliverySection = DeliverySection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return env_settings, init_settings


def load_config(path: Path | None, **overrides: dict[str, Any]) -> Config:
    """Read the file (None: defaults), then the environment. `overrides` replace keys of the file, not of the environment.

    Raises ConfigError with one line.
    """
    data = _read(path) if path else {}
    for section, values in overrides.items():
        data[section] = {**data.get(section, {}), **values}
    try:
        config = Config(**data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise ConfigError(f"{key}: {first['msg'].removeprefix('Value error, ')}{more}") from None
    except Exception as error:  # pydantic-settings: an environment variable that is not the JSON it should be
        raise ConfigError(f"environment: {error}") from None
    _check_together(config)
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; copy config.example.toml and change it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def _check_together(config: Config) -> None:
    """What no key shows alone."""
    telegram = config.telegram
    if telegram.enabled and not telegram.token.get_secret_value():
        raise ConfigError("telegram.token: missing; get one from @BotFather, or set telegram.enabled = false")
    if telegram.enabled and telegram.mode == "webhook":
        if not telegram.webhook_url.startswith("https://") and "127.0.0.1" not in telegram.webhook_url:
            raise ConfigError("telegram.webhook_url: must begin with https:// when telegram.mode is webhook")
        if not telegram.webhook_secret.get_secret_value():
            raise ConfigError("telegram.webhook_secret: missing; 1 to 256 of A-Z a-z 0-9 _ -")
    if telegram.enabled and not telegram.base_url.startswith(("http://", "https://")):
        raise ConfigError("telegram.base_url: must begin with http:// or https://")
    if not config.storage.url.startswith("sqlite:///") or len(config.storage.url) <= len("sqlite:///"):
        raise ConfigError("storage.url: must look like sqlite:///data/giothong.db")

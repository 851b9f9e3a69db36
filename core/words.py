"""The catalogue of sentences: message id -> text in a language, with named placeholders."""

from __future__ import annotations

from collections.abc import Mapping

Catalogue = Mapping[str, str]


class Words:
    """All languages. `default` is the one that every sentence has; a missing sentence falls back to it."""

    def __init__(self, catalogues: Mapping[str, Catalogue], default: str) -> None:
        """`catalogues`: language code -> message id -> template."""
        self._catalogues = catalogues
        self.default = default

    @property
    def languages(self) -> tuple[str, ...]:
        """Language codes, the default one first."""
        return (self.default, *sorted(set(self._catalogues) - {self.default}))

    def choose(self, hint: str) -> str:
        """The language for a client's hint such as "en-GB"; the default one where the hint says nothing we speak."""
        code = hint.replace("_", "-").partition("-")[0].lower()
        return code if code in self._catalogues else self.default

    def say(self, language: str, message: str, **params: object) -> str:
        """The sentence in that language. Values are put in as they are: a brace in a name stays a brace."""
        template = self._catalogues.get(language, {}).get(message) or self._catalogues[self.default][message]
        return template.format_map(params) if params else template.replace("{{", "{").replace("}}", "}")

    def ids(self, prefix: str) -> list[str]:
        """The message ids of the default catalogue that begin so."""
        return [message for message in self._catalogues[self.default] if message.startswith(prefix)]

    def has(self, message: str) -> bool:
        """True where the default catalogue has this id."""
        return message in self._catalogues[self.default]

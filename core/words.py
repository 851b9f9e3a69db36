"""The catalogue of sentences: message id -> text in a language, with named placeholders."""

from __future__ import annotations

from collections.abc import Mapping

Catalogue = Mapping[str, str]


class Words:
    """All languages (`languages`: their codes, the default one first). The default one has every sentence; what another lacks
    falls back to it.
    """

    def __init__(self, catalogues: Mapping[str, Catalogue], default: str) -> None:
        """`catalogues`: language code -> message id -> template."""
        self._catalogues = {code: {**catalogues[default], **catalogue} for code, catalogue in catalogues.items()}
        self.default = default
        self.languages: tuple[str, ...] = (default, *sorted(set(catalogues) - {default}))
        self._everywhere: dict[str, tuple[str, ...]] = {}

    def choose(self, hint: str) -> str:
        """The language for a client's hint such as "en-GB"; the default one where the hint says nothing we speak."""
        code = hint.replace("_", "-").partition("-")[0].lower()
        return code if code in self._catalogues else self.default

    def say(self, language: str, message: str, **params: object) -> str:
        """The sentence in that language. Values are put in as they are: a brace in a name stays a brace."""
        template = self._catalogues.get(language, self._catalogues[self.default])[message]
        return template.format_map(params) if params else template

    def everywhere(self, message: str) -> tuple[str, ...]:
        """The alternatives ("yes|y") that a message lists, of all languages, the default one's first."""
        if message not in self._everywhere:
            texts = (self.say(language, message) for language in self.languages)
            self._everywhere[message] = tuple(dict.fromkeys(word for text in texts for word in text.split("|")))
        return self._everywhere[message]

    def ids(self, prefix: str) -> list[str]:
        """The message ids of the default catalogue that begin so."""
        return [message for message in self._catalogues[self.default] if message.startswith(prefix)]

    def has(self, message: str) -> bool:
        """True where the default catalogue has this id."""
        return message in self._catalogues[self.default]

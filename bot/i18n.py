"""The words of every language, read from locales/<language>/LC_MESSAGES: one file a room of the talk."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

from core.words import Words

_FOLDER = Path(__file__).parent.parent / "locales"


def load_words(default: str, folder: Path = _FOLDER) -> Words:
    """One catalogue for each folder that has any; a new folder is a new language."""
    catalogues: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, ignore_obsolete=True, abort_invalid=True)
        said = {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
        catalogues.setdefault(path.parts[-3], {}).update(said)
    return Words(catalogues, default)

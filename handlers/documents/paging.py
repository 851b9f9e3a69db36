"""Where pages end: a list written row by row cannot ask the spreadsheet, and its signatures must not stand on a page alone."""

from __future__ import annotations

_LEAST = 2  # Rows that go along with the signatures to a new page: one alone looks like a remnant.


class Pages:
    """Counts rows down the page, in points. `repeated`: what stands at the top of every page but the first."""

    def __init__(self, height: float, repeated: float = 0.0) -> None:
        """`height` of a page; rather less than there is, so that no reader breaks sooner."""
        self._height = height
        self.repeated = repeated
        self._used = 0.0
        self._first = 0  # index of the first row of the table on this page
        self._heights: list[float] = []  # of the last rows of the table
        self._on_page = 0

    def head(self, height: float) -> None:
        """A row above the table."""
        self._used += height

    def row(self, at: int, height: float) -> None:
        """A row of the table, at this index of the sheet."""
        if self._used + height > self._height:
            self._used, self._first, self._on_page = self.repeated, at, 0
        self._used += height
        self._on_page += 1
        self._heights = [*self._heights[-(_LEAST - 1) :], height]

    def break_before(self, at: int, tail: float) -> int | None:
        """The row that has to begin a new page, so that what comes last (`tail` points, at this index) does not stand alone.

        None where all fits on the first page. Where the tail fits on the page that is begun, that page's own first row.
        """
        together = len(self._heights) == _LEAST and self.repeated + sum(self._heights) + tail <= self._height
        if self._used + tail <= self._height and (self._first == 0 or self._on_page >= _LEAST):
            return self._first or None
        return at - _LEAST if together else at - 1 if self._heights else None

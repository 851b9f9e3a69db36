"""The one error of reading an answer: what was typed cannot be taken, and why."""


class Unclear(Exception):
    """An answer that was not understood; the form says why and asks again.

    `reason` is a message id such as "unclear.name.digits"; `params` fill its placeholders.
    """

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params: dict[str, str | int] = params

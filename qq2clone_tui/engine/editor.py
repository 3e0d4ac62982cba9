"""Declare where texts are edited, and where those that could not be used are kept."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Drafts", "Editor", "KeptDraft"]


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """An edited text that could not be used.

    Args:
        path: absolute path of the file it is in.
        original: the text that was edited; it may hold secrets.
        text: what became of it.
    """

    path: str
    original: str = field(repr=False)
    text: str = field(repr=False)


class Editor(Protocol):
    """The user's editor, which takes the terminal while it runs."""

    def edit(self, text: str, name: str) -> str:
        """Let the user edit a text and return it as it was left.

        Args:
            text: may hold secrets: nobody else may read the file.
            name: what it is, for the name of that file.

        Raises:
            MissingProgram: there is no editor.
            CommandFailed: it failed; the text is as it was.
        """


class Drafts(Protocol):
    """Texts that were edited and could not be used yet."""

    def find(self, key: str) -> KeptDraft | None:
        """Return the draft kept of something, or None."""

    def keep(self, key: str, original: str, text: str) -> str:
        """Keep a draft, in place of an older one, and return its absolute path."""

    def drop(self, key: str) -> None:
        """Delete a draft; that there is none is no error."""

    def alone(self, key: str, what: str) -> AbstractContextManager[None]:
        """Let nobody else edit the same thing for the length of a block.

        Raises:
            BadArgument: another process is editing it.
        """

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

    def edit(self, path: str) -> None:
        """Let the user edit a file.

        Args:
            path: absolute path.

        Raises:
            MissingProgram: there is no editor.
            CommandFailed: it failed.
        """


class Drafts(Protocol):
    """Texts that are being edited, or were and could not be used yet; only their user can read them.

    They are edited where they are kept: whatever kills editor or program, what was written is there.
    """

    def find(self, key: str) -> KeptDraft | None:
        """Return the draft kept of something, or None; what is not UTF-8 in it is escaped as surrogates."""

    def keep(self, key: str, name: str, original: str, text: str) -> str:
        """Keep a draft, in place of an older one, and return its absolute path.

        Args:
            key: what all drafts of the same thing have in common.
            name: what the user calls it, for the name of the file.
            original, text: as in ``KeptDraft``.
        """

    def drop(self, key: str) -> None:
        """Delete a draft; that there is none is no error."""

    def alone(self, key: str, what: str) -> AbstractContextManager[None]:
        """Let nobody else edit the same thing for the length of a block.

        Raises:
            BadArgument: another process is editing it.
        """

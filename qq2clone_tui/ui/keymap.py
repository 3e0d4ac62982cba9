"""Give commands other keys than their own, as the settings say."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from qq2clone_tui.domain.errors import BadArgument

from .commands import COMMANDS, Command, Scope, key_label

__all__ = ["Keymap"]

_TOGETHER = (
    (Scope.MAIN, Scope.LIST, Scope.TREE),
    (Scope.RESULTS, Scope.LIST),
    (Scope.SETTINGS,),
    (Scope.PICTURE,),
    (Scope.WALL,),
    (Scope.USES, Scope.LIST),
    (Scope.CHECKPOINTS, Scope.LIST),
    (Scope.CHECK, Scope.LIST),
)
"""Scopes whose keys are heard at the same time; within them a key stands for one command."""

_AS_SHOWN = {key_label(key): key for entry in COMMANDS for key in entry.keys if not key.startswith("ctrl+")}
_NAMED = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values()) | {"space"}
_WHAT = "cannot use the setting ui.keymap"


def _name_of(sign: str) -> str:
    """Return what Textual calls the key of one character."""
    if sign.isalnum():
        return sign
    name = unicodedata.name(sign, sign).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_SIGNS = {_name_of(chr(code)) for code in range(33, 127)}


class Keymap:
    """The keys of every command.

    Args:
        wishes: by command id, the keys it gets instead of its own: ``x``, ``^x``, ``f5``, several with spaces between.

    Raises:
        BadArgument: there is no such command or key, or two commands would share one.
    """

    def __init__(self, wishes: Mapping[str, str]) -> None:
        known = {entry.id: entry for entry in COMMANDS}
        for ident in wishes:
            if ident not in known:
                close = get_close_matches(ident, known, n=1)
                hint = f"Did you mean {close[0]}?" if close else "The key table of the README names them all."
                raise BadArgument(_WHAT, subject=ident, why="there is no command with this id", remedy=hint)
        self._keys = {ident: _keys(ident, text) for ident, text in wishes.items()}
        for scopes in _TOGETHER:
            self._refuse_doubles([entry for entry in self.dressed(COMMANDS) if entry.scope in scopes])

    def dressed(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        """Return commands with the keys they have now."""
        return tuple(replace(entry, keys=self._keys.get(entry.id, entry.keys)) for entry in commands)

    def in_footer(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        """Return those of the commands that the line at the bottom shows, the most wanted first."""
        return self.dressed(sorted((entry for entry in commands if entry.footer), key=lambda entry: entry.footer))

    @property
    def bindings(self) -> dict[str, str]:
        """Return the keys that differ, by the ids of Textual's bindings."""
        changed = {ident: ",".join(keys) for ident, keys in self._keys.items()}
        ledger = {f"ledger.{ident.partition('.')[2]}": keys for ident, keys in changed.items() if "jobs." in ident}
        helps = {f"{scope.value}.help": changed["program.help"] for scope in Scope if "program.help" in changed}
        return changed | ledger | helps

    def _refuse_doubles(self, commands: list[Command]) -> None:
        taken: dict[str, Command] = {}
        for entry in commands:
            for key in entry.keys:
                other = taken.setdefault(key, entry)
                if other is not entry and {other.id, entry.id} & set(self._keys):
                    why = f"{key_label(key)} would stand for {other.id} and for {entry.id}"
                    raise BadArgument(_WHAT, subject=key_label(key), why=why, remedy="Give one of them another key.")


def _keys(ident: str, text: str) -> tuple[str, ...]:
    keys = tuple(_key(ident, word) for word in text.split())
    if not keys:
        raise BadArgument(_WHAT, subject=ident, why="no key is named", remedy='Write it like this: "x" or "f5 ^x".')
    return keys


def _key(ident: str, word: str) -> str:
    """Return Textual's name of a key that is written as the footer shows it, or as Textual names it."""
    name = f"ctrl+{word[1:]}" if word.startswith("^") and len(word) > 1 else _AS_SHOWN.get(word, word)
    name = _name_of(name) if len(name) == 1 else name
    if name.isdigit():
        raise BadArgument(_WHAT, subject=ident, why=f"{word} is a digit, and those count", remedy="Choose another key.")
    *held, last = name.split("+")
    if not set(held) <= {"ctrl", "shift", "alt"} or not (len(last) == 1 or last in _NAMED | _SIGNS):
        raise BadArgument(_WHAT, subject=ident, why=f"there is no key {word}", remedy="Such are x, X, ^x, f5, pgdn.")
    return name

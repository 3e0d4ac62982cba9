"""Declare every option with its type and default, and check values against them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from qq2clone_tui.domain.errors import BadArgument

__all__ = ["OPTIONS", "Settings", "UiSettings", "build", "checked", "from_text"]

_Place = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")]
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


class UiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the full-screen app.

    Args:
        theme: name of a theme; empty for the default one.
        keymap: other keys for commands, by the command's id.
        confirm: ask before everything that changes something, before guests are cut off, or only
            before files are lost.
        columns: columns of the clone table, from left to right; empty for all.
    """

    theme: str = ""
    keymap: dict[str, str] = msgspec.field(default_factory=dict)
    confirm: Literal["always", "interrupts", "loses"] = "interrupts"
    columns: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All options; None where the default depends on the host.

    Args:
        template: template for clone verbs without ``-t``.
        template_dir: where template XML is kept; absolute, or below ``~/``.
        connection: URI of the hypervisor.
        storage: absolute directory, or name of a directory pool, for new images and saved states.
        run: start a clone when it is made.
        use_spice: open a console after cloning; None means when a viewer is installed.
        spicy: use spicy rather than virt-viewer.
        spice_timeout: seconds to wait for graphics.
        quiet: say errors only.
        jobs: machines worked on at a time.
        depth: files that a chain of images may have before flatten makes them fewer.
        ui: options of the full-screen app.
    """

    template: str | None = None
    template_dir: _Place | None = None
    connection: str | None = None
    storage: _Place | None = None
    run: bool = False
    use_spice: bool | None = None
    spicy: bool = False
    spice_timeout: Annotated[int, msgspec.Meta(ge=0, le=86400)] = 10
    quiet: bool = False
    jobs: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 16
    depth: Annotated[int, msgspec.Meta(ge=1, le=150)] = 8
    ui: UiSettings = msgspec.field(default_factory=UiSettings)


def _declared() -> dict[str, Any]:
    top = get_type_hints(Settings, include_extras=True)
    del top["ui"]
    return top | {f"ui.{name}": kind for name, kind in get_type_hints(UiSettings, include_extras=True).items()}


OPTIONS: Mapping[str, Any] = _declared()
"""The type of every option, by its name; those of the full-screen app begin with ``ui.``."""


def checked(option: str, value: object, origin: str) -> object:
    """Return a value that an option may have.

    Args:
        option: a name in ``OPTIONS``.
        value: as read from TOML or given by the caller.
        origin: where it comes from, for the message: a path or a variable.

    Raises:
        BadArgument: it is of another type or out of range.
    """
    try:
        return msgspec.convert(value, OPTIONS[option])
    except msgspec.ValidationError as error:
        choices = get_args(OPTIONS[option]) if get_origin(OPTIONS[option]) is Literal else ()
        why = f"it is one of {', '.join(choices)}" if choices else _plain(str(error))
        raise _refused(option, value, origin, why) from error


def from_text(option: str, text: str, origin: str) -> object:
    """Return the value that a text from the environment or the command line stands for.

    Truth values are true, yes, on, 1 and their opposites; lists have commas.

    Raises:
        BadArgument: it does not fit the option's type, or is no UTF-8: its other bytes arrive as surrogates.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise _refused(option, text, origin, "it is not UTF-8 text")
    words = _words(OPTIONS[option])
    value: object = text
    if "bool" in words:
        folded = text.strip().lower()
        value = True if folded in _TRUE else False if folded in _FALSE else text
    elif "int" in words:
        value = int(text) if re.fullmatch(r"\s*-?[0-9]{1,18}\s*", text) else text
    elif "array" in words:
        value = [part.strip() for part in text.split(",") if part.strip()]
    return checked(option, value, origin)


def build(values: Mapping[str, object]) -> Settings:
    """Return the settings made of values that have been checked, by option name."""
    inner = {name.removeprefix("ui."): value for name, value in values.items() if name.startswith("ui.")}
    outer = {name: value for name, value in values.items() if not name.startswith("ui.")}
    return msgspec.convert(outer | {"ui": inner}, Settings)


def _refused(option: str, value: object, origin: str, why: str) -> BadArgument:
    shown = repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:60]}…"
    return BadArgument(f"cannot use the setting {option} = {shown} from", subject=origin, why=why)


def _plain(message: str) -> str:
    """Return what msgspec says in words that TOML's users know."""
    names = {"`int`": "a whole number", "`str`": "text", "`bool`": "true or false", "`array`": "a list"}
    names |= {"`object`": "a table", "`null`": "nothing", "`float`": "a number", "`datetime`": "a date"}
    text = re.sub(r" - at `\$[^`]*`$", "", message)
    text = re.sub(r" matching regex .*", " that is not empty and has no null character", text)
    text = re.sub(r"`bool \| null`|`str \| null`", lambda match: f"`{match[0].strip('`').split()[0]}`", text)
    for code, word in names.items():
        text = text.replace(code, word)
    return text[:1].lower() + text[1:].replace("`", "")


def _words(kind: Any) -> set[str]:
    """Return the names of the JSON types that a type takes."""
    text = str(kind)
    words = {word for word in ("bool", "int", "str") if re.search(rf"\b{word}\b", text)}
    return {"array"} if text.startswith("tuple") else words

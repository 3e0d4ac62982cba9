"""Change one option in the file, and leave every other character of it as its user wrote it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from qq2clone_tui.adapters.private_files import make_directory, replace_file
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.looks import check_columns, check_theme

from .load import parse_toml, read_text
from .options import OPTIONS, from_text

__all__ = ["set_option"]


@dataclass(frozen=True, slots=True)
class _Statement:
    """One statement of the file: lines ``start`` to ``end`` (exclusive), and the option path it sets."""

    start: int
    end: int
    section: tuple[str, ...]
    key: tuple[str, ...]
    is_header: bool = False


def set_option(path: Path, option: str, text: str | None) -> None:
    """Set one option in the file, or take it out so that its default counts again.

    Args:
        path: the settings; made when missing. A symbolic link stays, what it leads to is changed.
        option: its name, like ``jobs`` or ``ui.theme``.
        text: the value as it would stand in the environment, None to take the option out.

    Raises:
        AccessError: the file cannot be read or written.
        BadArgument: no such option, no value for it, or the file is written in a way that only its
            user can change.
    """
    if option not in OPTIONS or option == "ui.keymap":
        why = "there is no such option" if option not in OPTIONS else "it is a table"
        raise BadArgument("cannot set the option", subject=option, why=why, remedy=f"Edit {path} by hand.")
    value = None if text is None else from_text(option, text, "the command line")
    if option == "ui.columns" and isinstance(value, tuple):
        check_columns(value)
    if option == "ui.theme" and isinstance(value, str):
        check_theme(value)
    target = path.resolve()
    old = read_text(target) or ""
    document = parse_toml(old, target)
    new = _changed(old, document, option, value, target)
    if new != old:
        make_directory(target.parent)
        replace_file(target, new)


def _changed(old: str, document: Mapping[str, Any], option: str, value: object, path: Path) -> str:
    keys = tuple(option.split("."))
    wanted = _with(document, keys, value)
    if wanted == document:
        return old
    newline = "\r\n" if "\r\n" in old else "\n"
    for candidate in _candidates(re.findall(r"[^\n]*\n|[^\n]+", old), keys, value, newline):
        try:
            if tomllib.loads(candidate) == wanted:
                return candidate
        except tomllib.TOMLDecodeError:
            continue
    remedy = "Edit the file by hand."
    raise BadArgument("cannot set the option", subject=option, why=f"{path} sets it in an unusual way", remedy=remedy)


def _with(document: Mapping[str, Any], keys: tuple[str, ...], value: object) -> dict[str, Any]:
    """Return the document as it has to be afterwards: what a change is checked against."""
    head, *rest = keys
    copy = dict(document)
    if rest:
        copy[head] = _with(copy.get(head, {}), tuple(rest), value)
    elif value is None:
        copy.pop(head, None)
    else:
        copy[head] = list(value) if isinstance(value, tuple) else value
    return copy


def _candidates(lines: list[str], keys: tuple[str, ...], value: object, newline: str) -> Iterator[str]:
    """Yield texts that may be what is wanted, the most natural first."""
    statements = list(_statements(lines))
    same = [one for one in statements if not one.is_header and one.section + one.key == keys]
    if same:
        one = same[0]
        replacement = [] if value is None else [_rewritten("".join(lines[one.start : one.end]), value, newline)]
        yield "".join([*lines[: one.start], *replacement, *lines[one.end :]])
        return
    if value is None:
        return
    if lines and not lines[-1].endswith("\n"):
        lines = [*lines[:-1], lines[-1] + newline]
    section, name = keys[:-1], keys[-1]
    inside = [one for one in statements if one.section == section]
    if inside or not section:
        at = inside[-1].end if inside else _first_header(lines, statements)
        yield "".join([*lines[:at], _line(name, value, newline), *lines[at:]])
        return
    blank = newline if lines else ""
    yield "".join([*lines, blank, f"[{'.'.join(section)}]{newline}", _line(name, value, newline)])
    top = [one for one in statements if not one.section and not one.is_header]
    at = top[-1].end if top else 0
    yield "".join([*lines[:at], _line(".".join(keys), value, newline), *lines[at:]])


def _statements(lines: list[str]) -> Iterator[_Statement]:
    """Yield the headers and key-value pairs of a valid document, in order."""
    section: tuple[str, ...] = ()
    at = 0
    while at < len(lines):
        stripped = lines[at].strip()
        if not stripped or stripped.startswith("#"):
            at += 1
            continue
        end, content = _shortest(lines, at)
        if stripped.startswith("["):
            section = _first_path(content)
            yield _Statement(at, end, section, (), is_header=True)
        else:
            yield _Statement(at, end, section, _first_path(content))
        at = end


def _shortest(lines: list[str], start: int) -> tuple[int, dict[str, Any]]:
    """Return the end of the statement that begins at ``start``: the first line up to which it is valid."""
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), {}


def _first_path(content: dict[str, Any]) -> tuple[str, ...]:
    """Return the dotted key of a document that sets one thing; inline tables look like dotted keys."""
    path: list[str] = []
    inner: Any = content
    while isinstance(inner, dict) and len(inner) == 1:
        key, inner = next(iter(inner.items()))
        path.append(key)
    return tuple(path)


def _rewritten(statement: str, value: object, newline: str) -> str:
    """Return a statement with another value; its key, indentation and trailing comment stay."""
    before = statement[: statement.index("=")]
    comment = _trailing_comment(statement)
    fresh = _line("x", value, newline).partition("=")[2].strip()
    gap = re.match(r"[ \t]*", statement[len(before) + 1 :])
    ending = newline if statement.endswith("\n") else ""
    return f"{before}={gap[0] if gap else ' '}{fresh}{comment}{ending}"


def _trailing_comment(statement: str) -> str:
    """Return the comment behind the value with the space before it: the first # that ends no value early."""
    content = tomllib.loads(statement)
    for match in re.finditer(r"[ \t]*#", statement):
        try:
            if tomllib.loads(statement[: match.start()]) == content:
                return statement[match.start() :].rstrip("\r\n")
        except tomllib.TOMLDecodeError:
            continue
    return ""


def _first_header(lines: list[str], statements: list[_Statement]) -> int:
    """Return where the first line of a document without top-level keys belongs: before its first table."""
    at = next((one.start for one in statements if one.is_header), len(lines))
    while at and lines[at - 1].strip().startswith("#") and at < len(lines):
        at -= 1
    return at


def _line(key: str, value: object, newline: str) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    written = tomli_w.dumps({"x": plain}).partition("=")[2].strip()
    return f"{key} = {written}\n".replace("\n", newline)

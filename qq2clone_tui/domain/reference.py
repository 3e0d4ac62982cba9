"""Read how a template, or one of its versions, is named: ``debian`` or ``debian@v3``."""

import re
from dataclasses import dataclass

from .errors import TemplateError

__all__ = ["Reference", "parse_reference", "parse_version"]

_VERSION = re.compile(r"v?([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """A template by name, at one version or at whatever is its newest.

    Args:
        name: the template.
        version: number of the version; None for the newest, or for all, as the verb has it.
    """

    name: str
    version: int | None = None

    def covers(self, name: str, version: int) -> bool:
        """Tell whether a version of a template is meant: without a number, all of them are."""
        return self.name == name and self.version in (None, version)

    def __str__(self) -> str:
        return self.name if self.version is None else f"{self.name}@v{self.version}"


def parse_reference(text: str) -> Reference:
    """Return what a text names; a name never holds an @.

    Raises:
        TemplateError: what follows the @ is no version.
    """
    name, at, version = text.partition("@")
    return Reference(name, parse_version(version, text) if at else None)


def parse_version(text: str, subject: str = "") -> int:
    """Return the number of a version written as ``v3`` or ``3``.

    Raises:
        TemplateError: it is no version.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        raise TemplateError(
            "cannot tell which version is meant",
            subject=subject or text,
            why=f"{text!r} is no version" if text else "nothing follows the @",
            remedy="Write it like debian@v3, or v3 alone.",
        )
    return int(match[1])

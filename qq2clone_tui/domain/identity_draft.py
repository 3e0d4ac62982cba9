"""Hold a template's XML while rules turn it into the pattern all its clones are filled from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .clone import CloneIdentity
from .disk import ImageKind, ImageSpec
from .safe_xml import Element, remove
from .template import Template

__all__ = ["Draft", "FileRule", "Finding", "FindingKind", "Slot", "Value"]

Value = Callable[[CloneIdentity, str], str]
"""Computes a clone's own value from its identity and the absolute directory its files go to."""

FileRule = Callable[[CloneIdentity, str], ImageSpec]
"""Describes one file of a clone from its identity and directory."""


FindingKind = Literal["changed", "shared", "dropped"]
"""What happened to a part of the template: own value, same as its siblings, or gone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a cloning report; never holds a password.

    Args:
        kind: the clone has its own value, uses the same thing as its siblings, or lacks it.
        where: the part of the machine, as a person names it.
        text: what was done, as a clause.
    """

    kind: FindingKind
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the pattern that is filled anew for every clone.

    Args:
        element: the element in the pattern.
        attribute: attribute to set; empty for the element's text.
        value: computes what goes there.
        where, text: the finding to report; ``{}`` in the text stands for the value; no text, no finding.
    """

    element: Element
    attribute: str
    value: Value
    where: str = ""
    text: str = ""

    def finding(self, value: str = "…") -> Finding:
        """Return the finding to report for a clone that has this value."""
        return Finding("changed", self.where, self.text.replace("{}", value))


@dataclass(slots=True)
class Draft:
    """The workspace of the rules: they edit ``root`` in place and leave slots, files and findings.

    Args:
        root: a copy of the template's domain element.
        template: the template.
        slots, files, findings: what the rules have found so far.
        owned: paths that QEMU itself makes for a clone (logs, sockets, firmware variables).
        renamed: original host path -> its value in a clone, so that two devices of a machine
            that name one path still do in a clone.
        firmware: where a clone keeps what it may have inherited of a machine's state beside its
            disks, by the part of the machine; see ``Template.firmware``.
        inherited: the absolute paths of the files whose bytes clones begin with, by the same.
    """

    root: Element
    template: Template
    slots: list[Slot] = field(default_factory=list)
    files: list[FileRule] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    owned: list[Value] = field(default_factory=list)
    renamed: dict[str, Value] = field(default_factory=dict)
    firmware: dict[str, Value] = field(default_factory=dict)
    inherited: dict[str, str] = field(default_factory=dict)

    def fill(self, element: Element, attribute: str, value: Value, where: str = "", text: str = "") -> None:
        """Leave a slot; the template's own value goes, so that it cannot survive by accident."""
        if attribute:
            element.set(attribute, "")
        else:
            element.text = None
        self.slots.append(Slot(element, attribute, value, where, text))

    def inherit(self, where: str, original: str, value: Value) -> None:
        """Make a file of a clone begin as the bytes of the version's own, or else of the original one."""
        base = self.template.firmware.get(where, original)
        self.firmware[where] = value
        self.inherited[where] = base
        self.files.append(lambda identity, place: ImageSpec(value(identity, place), ImageKind.FILE, base=base))

    def changed(self, where: str, text: str) -> None:
        """Report a change that is the same for every clone."""
        self.findings.append(Finding("changed", where, text))

    def shared(self, where: str, text: str) -> None:
        """Report what all clones and the template use together."""
        self.findings.append(Finding("shared", where, text))

    def dropped(self, where: str, text: str) -> None:
        """Report what a clone does not have."""
        self.findings.append(Finding("dropped", where, text))

    def drop(self, element: Element, where: str, text: str) -> None:
        """Take an element out and report it."""
        remove(element)
        self.dropped(where, text)

    def rename(self, original: str, value: Value, *, owned: bool = True) -> Value:
        """Return the value that stands for ``original`` in a clone, the same for every use of it."""
        known = self.renamed.get(original) if original else None
        if known is not None:
            return known
        if original:
            self.renamed[original] = value
        if owned:
            self.owned.append(value)
        return value

"""Name everything that can go wrong, once, with the exit code each failure carries.

::

    Qq2cloneError                 19  unexpected: a bug
    ├── AccessError               10  no permission, no such file, no space
    ├── MissingProgram            11  a needed program is not installed
    ├── BadArgument               12  bad argument or impossible action
    │   ├── SelectionError        12  malformed or empty set, with a caret under the fault
    │   └── Overtaken             12  somebody else changed it meanwhile
    ├── TemplateError             13  unknown template, or one that exists already
    ├── CommandFailed             14  an external command failed
    ├── BadXml                    15  domain XML that cannot be used
    ├── HypervisorError           16  libvirt refused
    │   ├── ConnectionFailed      16  the hypervisor could not be reached or went away
    │   └── DomainNotFound        16  the machine is not there any more
    ├── NoGraphics                17  no graphical connection before the time-out
    └── WrongFileKind             18  a file of the wrong kind
"""

__all__ = [
    "AccessError",
    "BadArgument",
    "BadXml",
    "CommandFailed",
    "ConnectionFailed",
    "DomainNotFound",
    "HypervisorError",
    "MissingProgram",
    "NoGraphics",
    "Overtaken",
    "Qq2cloneError",
    "SelectionError",
    "TemplateError",
    "WrongFileKind",
]


class Qq2cloneError(Exception):
    """Report what failed, on which object, why, and what to try.

    Args:
        what: what failed, as a clause without a full stop ("cannot read the base image").
        subject: the object it failed on: a path, URI, machine or template name.
        why: the reason, as the system or a rule gave it.
        remedy: what the user can do next, as a sentence.
    """

    exit_code = 19

    def __init__(self, what: str, *, subject: str = "", why: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.subject = subject
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return self.paragraph()

    def paragraph(self) -> str:
        """Return the whole message as one paragraph of plain text."""
        subject = f" {self.subject!r}" if self.subject else ""
        why = f": {self.why.strip().rstrip('.')}" if self.why else ""
        remedy = f" {self.remedy.strip()}" if self.remedy else ""
        return f"{self.what}{subject}{why}.{remedy}"


class AccessError(Qq2cloneError):
    """A path cannot be read, written or found, or its file system is full."""

    exit_code = 10


class MissingProgram(Qq2cloneError):
    """A program that the action needs is not installed."""

    exit_code = 11


class BadArgument(Qq2cloneError):
    """An argument is malformed, or asks for something that cannot be done."""

    exit_code = 12


class SelectionError(BadArgument):
    """A set of machines is malformed or selects nothing.

    Args:
        text: the set as it was typed.
        column: zero-based index of the fault in ``text``; ``len(text)`` points past the end.
        why: what is wrong there.
        remedy: what to write instead.
    """

    def __init__(self, text: str, column: int, why: str, remedy: str = "") -> None:
        super().__init__("cannot use the set", subject=text, why=why, remedy=remedy)
        self.text = text
        self.column = column

    def caret(self) -> str:
        """Return two lines: the text, and a caret under the fault."""
        return f"{self.text}\n{' ' * self.column}^"


class Overtaken(BadArgument):
    """Somebody else changed a thing while it was edited.

    Attributes:
        diff: what they changed, as lines that begin with ``+``, ``-``, ``@`` or a space.
    """

    diff: tuple[str, ...] = ()


class TemplateError(Qq2cloneError):
    """A template is unknown, exists already, or may not be changed as asked."""

    exit_code = 13


class CommandFailed(Qq2cloneError):
    """An external program ran and reported failure."""

    exit_code = 14


class BadXml(Qq2cloneError):
    """Domain XML is malformed, is not a domain, or describes what cannot be cloned."""

    exit_code = 15


class HypervisorError(Qq2cloneError):
    """libvirt refused an operation."""

    exit_code = 16


class ConnectionFailed(HypervisorError):
    """The hypervisor could not be reached, or the connection to it broke."""


class DomainNotFound(HypervisorError):
    """The domain asked for does not exist on the hypervisor."""


class NoGraphics(Qq2cloneError):
    """No graphical console came up before the time-out."""

    exit_code = 17


class WrongFileKind(Qq2cloneError):
    """A file is not of the kind the action needs."""

    exit_code = 18

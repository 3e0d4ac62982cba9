"""Translate libvirt's errors into those of the product, once, at the edge."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qq2clone_tui.domain.errors import AccessError, ConnectionFailed, HypervisorError, Qq2cloneError

from .binding import libvirt
from .error_rules import RULES

__all__ = ["UNSUPPORTED", "About", "code_of", "reason", "translate", "translated"]

UNSUPPORTED = frozenset(
    {
        libvirt.VIR_ERR_NO_SUPPORT,
        libvirt.VIR_ERR_INVALID_ARG,
        libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
        libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
    }
)
"""Codes by which a driver says that it does not know a call or one of its flags."""


@dataclass(slots=True)
class About:
    """What is being done and to what; ``subject`` may be bettered on the way (UUID to name).

    Args:
        what: what failed, should it fail, as a clause without a full stop.
        subject: the object it is done to.
        otherwise: class of the error when no cause is recognised.
    """

    what: str
    subject: str = ""
    otherwise: type[Qq2cloneError] = HypervisorError


def code_of(fault: Any) -> int:
    """Return the virErrorNumber of a libvirtError; -1 when it carries none."""
    code = fault.get_error_code()
    return -1 if code is None else int(code)


def reason(fault: Any) -> str:
    """Return the first line of libvirt's message.

    The further lines of an XML error quote the document, and with it possibly a secret.
    """
    text = str(fault.get_error_message() or fault).strip()
    return text.splitlines()[0] if text else "libvirt gave no reason"


def translate(fault: Any, about: About) -> Qq2cloneError:
    """Return the product's error for a ``libvirtError``."""
    code, why = code_of(fault), reason(fault)
    for rule in RULES:
        if rule.fits(code, why):
            return rule.error(about.what, subject=about.subject, why=why, remedy=rule.remedy)
    if code == libvirt.VIR_ERR_SYSTEM_ERROR and fault.get_int1() in (errno.ENOSPC, errno.EDQUOT):
        return AccessError(about.what, subject=about.subject, why=why, remedy="Free some space.")
    if fault.get_error_domain() == libvirt.VIR_FROM_RPC:
        return ConnectionFailed(about.what, subject=about.subject, why=why)
    return about.otherwise(about.what, subject=about.subject, why=why)


@contextmanager
def translated(what: str, subject: str = "", otherwise: type[Qq2cloneError] = HypervisorError) -> Iterator[About]:
    """Raise the product's error in place of any ``libvirtError`` of the block.

    Yields:
        A record whose ``subject`` the block may replace by a better name.
    """
    about = About(what, subject, otherwise)
    try:
        yield about
    except libvirt.libvirtError as fault:
        raise translate(fault, about) from fault

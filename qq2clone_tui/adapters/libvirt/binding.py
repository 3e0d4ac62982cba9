"""Import libvirt's Python binding with its voice turned off; nothing else imports it directly."""

import logging
from typing import Any

from .noise import libvirt_initialising

with libvirt_initialising():
    import libvirt
    import libvirt_qemu

__all__ = ["libvirt", "libvirt_qemu"]

_log = logging.getLogger(__name__)


def _note(_context: object, error: tuple[Any, ...] | None) -> None:
    """Log an error the binding would have printed; it is raised as an exception as well."""
    if error:
        _log.debug("libvirt error %s in domain %s: %s", error[0], error[1], error[2])


libvirt.registerErrorHandler(_note, None)

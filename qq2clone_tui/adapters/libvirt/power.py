"""Change domains: power them, and take their definition away."""

import re
import time
from typing import Any

from qq2clone_tui.domain.states import PowerVerb

from .binding import libvirt
from .errors import UNSUPPORTED, code_of

__all__ = ["apply", "undefine"]

_STORED_WITH = libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA

# From all that may hang on a definition down to nothing, for drivers that know fewer flags. The
# firmware variables are kept: the file is ours to delete, after the definition is gone.
_UNDEFINE_FLAGS = (
    _STORED_WITH | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
    _STORED_WITH | libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
    _STORED_WITH,
    libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
    0,
)

_PASSING = re.compile("Failed to find an available port|load cgroup BPF prog: Resource temporarily unavailable")
_ENDED = re.compile("is not running|is no longer running|closed the monitor|exited while connecting to monitor")
_WORDLESS = re.compile(r"(is not running|is no longer running|exited while connecting to monitor)\.?$")
_PAUSES_SECONDS = (0.3, 0.6, 1.2, 2.4, 4.8)


def apply(verb: PowerVerb, domain: Any) -> None:
    """Do one power verb on a ``virDomain``.

    Raises:
        libvirtError: libvirt refused.
    """
    match verb:
        case PowerVerb.START:
            _start(domain)
        case PowerVerb.SHUTDOWN:
            domain.shutdown()
        case PowerVerb.DESTROY:
            domain.destroyFlags(0)
        case PowerVerb.SUSPEND:
            domain.suspend()
        case PowerVerb.RESUME:
            _resume(domain)
        case PowerVerb.SAVE:
            domain.managedSave(0)
        case PowerVerb.SAVE_REMOVE:
            domain.managedSaveRemove(0)


def undefine(domain: Any) -> None:
    """Undefine a ``virDomain`` with all that libvirt stores of it, but not its NVRAM file.

    Raises:
        libvirtError: libvirt refused.
    """
    for flags in _UNDEFINE_FLAGS:
        try:
            domain.undefineFlags(flags)
        except libvirt.libvirtError as fault:
            if not flags or code_of(fault) not in UNSUPPORTED:
                raise
        else:
            return


def _start(domain: Any) -> None:
    """Start a machine; a console port that another hypervisor of the host took first is chosen anew.

    Each driver looks for a free port by itself and only QEMU takes it, a moment later: two drivers
    that start machines at the same time can choose the same one. libvirt then still has to deal
    with the end of the first QEMU, and when it comes to that late it ends the second one instead;
    hence the pauses, the second look, and hence whatever looks like that is tried again too. So is an end of QEMU
    that libvirt has no words for: it was too quick to read what QEMU said.
    """
    raced = False
    for pause in _PAUSES_SECONDS:
        try:
            domain.createWithFlags(0)
        except libvirt.libvirtError as fault:
            if not (
                _PASSING.search(str(fault)) or _WORDLESS.search(str(fault)) or (raced and _ENDED.search(str(fault)))
            ):
                raise
            raced = True
            time.sleep(pause)
            continue
        if not raced:
            return
        time.sleep(pause)
        if domain.isActive():
            return
    domain.createWithFlags(0)


def _resume(domain: Any) -> None:
    """Wake a guest that put itself to sleep; let a paused one go on."""
    if domain.state()[0] == libvirt.VIR_DOMAIN_PMSUSPENDED:
        domain.pMWakeup(0)
    else:
        domain.resume()

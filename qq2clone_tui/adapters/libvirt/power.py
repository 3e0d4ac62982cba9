"""Change domains: power them, and take their definition away."""

from typing import Any

from qq2clone_tui.domain.states import PowerVerb

from .binding import libvirt
from .errors import UNSUPPORTED, code_of
from .patience import start_patiently

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


def apply(verb: PowerVerb, domain: Any) -> None:
    """Do one power verb on a ``virDomain``.

    Raises:
        libvirtError: libvirt refused.
    """
    match verb:
        case PowerVerb.START:
            start_patiently(lambda: domain.createWithFlags(0), domain.isActive)
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


def _resume(domain: Any) -> None:
    """Wake a guest that put itself to sleep; let a paused one go on."""
    if domain.state()[0] == libvirt.VIR_DOMAIN_PMSUSPENDED:
        domain.pMWakeup(0)
    else:
        domain.resume()

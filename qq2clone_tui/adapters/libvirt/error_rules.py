"""List what libvirt's messages mean to a user: one row a cause, the first that matches counts.

libvirt has few error codes and many causes, so most rows go by its message (untranslated: the
process runs with libvirt's own texts). Codes are virErrorNumber,
https://libvirt.org/html/libvirt-virterror.html
"""

import re
from dataclasses import dataclass

from qq2clone_tui.domain.errors import (
    AccessError,
    BadXml,
    ConnectionFailed,
    DomainNotFound,
    HypervisorError,
    Qq2cloneError,
)

from .binding import libvirt

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One cause: how to know it, which error it is, and what to do about it.

    Args:
        error: class of the error to raise.
        pattern: regular expression searched in libvirt's message, without regard to case.
        remedy: what to try, as a sentence.
        codes: virErrorNumber values it applies to; empty for all.
    """

    error: type[Qq2cloneError]
    pattern: str = ""
    remedy: str = ""
    codes: tuple[int, ...] = ()

    def fits(self, code: int, message: str) -> bool:
        """Tell whether an error with this code and message has this cause."""
        return (not self.codes or code in self.codes) and re.search(self.pattern, message, re.IGNORECASE) is not None


_GROUP = "Add yourself to the group 'libvirt' (sudo usermod -aG libvirt USER) and log in again."

_REACHING = (
    Rule(ConnectionFailed, r"failed to acquire pid file", "Close that program, or name another root directory."),
    Rule(
        ConnectionFailed,
        r"(cannot open embedded driver|driver state).*already",
        "One process can hold one embedded hypervisor: close the program and start it again.",
    ),
    Rule(ConnectionFailed, r"failed to connect socket to .*permission denied", _GROUP),
    Rule(ConnectionFailed, r"polkit|org\.libvirt\.unix", _GROUP),
    Rule(
        ConnectionFailed,
        r"failed to connect socket to .*(no such file|connection refused)",
        "Start the libvirt service (sudo systemctl start libvirtd, or virtqemud.socket), or choose another connection.",
    ),
    Rule(ConnectionFailed, r"failed to find .*(libvirtd|virtqemud)", "Install the package libvirt-daemon."),
    Rule(
        ConnectionFailed,
        r"could not resolve hostname|name or service not known|temporary failure in name resolution",
        "Check the host name in the connection.",
    ),
    Rule(
        ConnectionFailed,
        r"host key verification failed",
        "Log in once with ssh to that host and accept its key.",
    ),
    Rule(
        ConnectionFailed,
        r"permission denied \((publickey|password|keyboard|gssapi)",
        "Load a key into ssh-agent that the host accepts: passwords are never asked for here.",
    ),
    Rule(ConnectionFailed, r"ssh: |ssh_exchange|kex_exchange", "Check with ssh that the host can be reached."),
    Rule(ConnectionFailed, r"cannot find 'ssh'|'ssh' in path", "Install the program ssh."),
    Rule(
        ConnectionFailed,
        r"unable to connect to server|no route to host|network is unreachable|connection timed out",
        "Check that the host is up and that libvirt listens there.",
    ),
    Rule(ConnectionFailed, r"cannot read ca certificate|certificate", "Check the TLS certificates of libvirt."),
    Rule(
        ConnectionFailed,
        remedy="Check the user's rights on that host, or put the credentials into libvirt's auth.conf.",
        codes=(libvirt.VIR_ERR_AUTH_FAILED, libvirt.VIR_ERR_AUTH_CANCELLED, libvirt.VIR_ERR_AUTH_UNAVAILABLE),
    ),
    Rule(
        AccessError,
        r"cannot create .*director(y|ies).*(permission denied|no such file|read-only)",
        "Make that directory, or set HOME or XDG_RUNTIME_DIR to one that you may write to.",
    ),
    Rule(
        ConnectionFailed,
        r"libvirt_driver_qemu|failed to load module",
        "Install libvirt's QEMU driver (package libvirt-daemon-driver-qemu).",
    ),
    Rule(
        ConnectionFailed,
        remedy="Use qemu:///system, qemu:///session, qemu+ssh://HOST/system or qemu:///embed?root=DIR.",
        codes=(libvirt.VIR_ERR_NO_CONNECT,),
    ),
    Rule(
        ConnectionFailed,
        r"client socket is closed|cannot (recv|write|send) data|end of file while reading data|broken pipe"
        r"|connection reset by peer|keepalive timeout|received hangup|client is (closed|closing)",
        "Check that the libvirt service is running.",
    ),
    Rule(ConnectionFailed, codes=(libvirt.VIR_ERR_INVALID_CONN,)),
)

_WORKING = (
    Rule(
        DomainNotFound,
        remedy="It was removed by another program; refresh the list.",
        codes=(libvirt.VIR_ERR_NO_DOMAIN,),
    ),
    Rule(
        HypervisorError,
        r"could not access kvm kernel module: permission denied|/dev/kvm.*permission denied",
        "QEMU may not open /dev/kvm: add the user it runs as to the group 'kvm', or use <domain type='qemu'>.",
    ),
    Rule(
        HypervisorError,
        r"(domaintype=|virt type '?)kvm|could not access kvm kernel module|/dev/kvm",
        "KVM is not available on this host: load its kernel module, or use <domain type='qemu'>.",
    ),
    Rule(AccessError, r"no space left on device|disk quota exceeded", "Free some space, or choose another place."),
    Rule(
        AccessError,
        r"unable to resolve backing|backing file.*no such file|(cannot access|could not open|storage file|failed to "
        r"open).*no such file",
        "A file of this machine is missing: put it back, or remove the machine.",
    ),
    Rule(
        AccessError,
        r"(cannot access|could not open|storage file|unable to open|failed to open).*permission denied",
        "Give the user that QEMU runs as (libvirt-qemu or qemu) the right to read the file and enter its directories.",
    ),
    Rule(HypervisorError, r"failed to get \"?(write|shared|consistent)", "Another machine is using that disk image."),
    Rule(
        AccessError,
        r"too big for destination|unix socket path .* too long|path .* too long",
        "Choose a root directory with a shorter path: socket names are limited to 107 characters.",
    ),
    Rule(
        HypervisorError, r"already (exists|defined) with uuid", "Choose a name that no machine of this hypervisor has."
    ),
    Rule(HypervisorError, r"cannot allocate memory|cannot set up guest memory", "Free some memory, or start fewer."),
    Rule(HypervisorError, r"cannot acquire state change lock", "The machine is busy with another action: try later."),
    Rule(
        HypervisorError,
        remedy="Look at the machine's state, then try again.",
        codes=(libvirt.VIR_ERR_OPERATION_INVALID,),
    ),
    Rule(
        HypervisorError,
        remedy="Open a connection that may make changes (not a read-only one).",
        codes=(libvirt.VIR_ERR_OPERATION_DENIED, libvirt.VIR_ERR_ACCESS_DENIED),
    ),
    Rule(
        BadXml,
        remedy="Correct the domain XML.",
        codes=(
            libvirt.VIR_ERR_XML_ERROR,
            libvirt.VIR_ERR_XML_DETAIL,
            libvirt.VIR_ERR_XML_INVALID_SCHEMA,
            libvirt.VIR_ERR_CONFIG_UNSUPPORTED,
            libvirt.VIR_ERR_NO_NAME,
            libvirt.VIR_ERR_NO_OS,
            libvirt.VIR_ERR_NO_ROOT,
            libvirt.VIR_ERR_NO_SOURCE,
            libvirt.VIR_ERR_NO_TARGET,
            libvirt.VIR_ERR_OS_TYPE,
            libvirt.VIR_ERR_INVALID_MAC,
        ),
    ),
)

RULES = (*_REACHING, *_WORKING)

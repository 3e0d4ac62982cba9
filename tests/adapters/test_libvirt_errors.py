"""What a user reads when libvirt refuses: the class, the exit code, and something to try."""

import errno
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.adapters.libvirt.errors import About, translate, translated
from qq2clone_tui.domain.errors import (
    AccessError,
    BadArgument,
    BadXml,
    ConnectionFailed,
    DomainNotFound,
    HypervisorError,
    Qq2cloneError,
)


def fault(message: str, code: int = 1, domain: int = 10, number: int = 0) -> Exception:
    """An error as the binding raises it."""
    made: Exception = libvirt.libvirtError(message)
    vars(made)["err"] = (code, domain, message, 2, None, None, None, number, 0)
    return made


# Messages as libvirt 9.0 and 12.0 write them.
CAUSES = [
    (
        "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "systemctl start",
    ),
    (
        "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Connection refused",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "systemctl start",
    ),
    (
        "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "group 'libvirt'",
    ),
    (
        "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
        libvirt.VIR_ERR_AUTH_UNAVAILABLE,
        ConnectionFailed,
        "group 'libvirt'",
    ),
    (
        "authentication failed: access denied by policy",
        libvirt.VIR_ERR_AUTH_FAILED,
        ConnectionFailed,
        "auth.conf",
    ),
    (
        "operation failed: Failed to acquire pid file '/r/run/qemu/driver.pid': Resource temporarily unavailable",
        libvirt.VIR_ERR_OPERATION_FAILED,
        ConnectionFailed,
        "another root",
    ),
    (
        "Cannot recv data: ssh: Could not resolve hostname nosuch: Name or service not known: Connection reset by peer",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "host name",
    ),
    (
        "Cannot recv data: Host key verification failed.: Connection reset by peer",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "accept its key",
    ),
    (
        "Cannot recv data: me@there: Permission denied (publickey,password).: Connection reset by peer",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "ssh-agent",
    ),
    (
        "Cannot recv data: ssh: connect to host there port 22: Connection refused: Connection reset by peer",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "Check with ssh",
    ),
    (
        "unable to connect to server at 'there:16509': Connection refused",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        ConnectionFailed,
        "host is up",
    ),
    (
        "Cannot create user runtime directory '/run/user/1/libvirt': Permission denied",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        AccessError,
        "XDG_RUNTIME_DIR",
    ),
    ("internal error: client socket is closed", libvirt.VIR_ERR_INTERNAL_ERROR, ConnectionFailed, "service"),
    ("End of file while reading data: Input/output error", libvirt.VIR_ERR_SYSTEM_ERROR, ConnectionFailed, "service"),
    (
        "internal error: process exited while connecting to monitor: Could not access KVM kernel module: "
        "Permission denied",
        libvirt.VIR_ERR_INTERNAL_ERROR,
        HypervisorError,
        "group 'kvm'",
    ),
    (
        "invalid argument: could not find capabilities for domaintype=kvm ",
        libvirt.VIR_ERR_INVALID_ARG,
        HypervisorError,
        "KVM is not available",
    ),
    ("Domain not found: no domain with matching uuid", libvirt.VIR_ERR_NO_DOMAIN, DomainNotFound, "refresh"),
    (
        "operation failed: domain 'web-1' already exists with uuid 94e2d921-c455-48a0-9363-f75bdea5bf5d",
        libvirt.VIR_ERR_OPERATION_FAILED,
        HypervisorError,
        "Choose a name",
    ),
    ("XML error: an os <type> must be specified", libvirt.VIR_ERR_XML_ERROR, BadXml, "Correct"),
    ("unsupported configuration: no such bus", libvirt.VIR_ERR_CONFIG_UNSUPPORTED, BadXml, "Correct"),
    (
        "Unable to write to '/x/1.save': No space left on device",
        libvirt.VIR_ERR_OPERATION_FAILED,
        AccessError,
        "Free some space",
    ),
    (
        "Cannot access storage file '/x/a.qcow2' (as uid:64055, gid:64055): Permission denied",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        AccessError,
        "libvirt-qemu",
    ),
    (
        "Cannot access backing file '/x/base' of storage file '/x/a': No such file or directory",
        libvirt.VIR_ERR_SYSTEM_ERROR,
        AccessError,
        "missing",
    ),
    (
        'internal error: qemu unexpectedly closed the monitor: Failed to get "write" lock\nIs another process using?',
        libvirt.VIR_ERR_INTERNAL_ERROR,
        HypervisorError,
        "Another machine",
    ),
    (
        "internal error: UNIX socket path '/a/b' too long",
        libvirt.VIR_ERR_INTERNAL_ERROR,
        AccessError,
        "shorter path",
    ),
    (
        "Requested operation is not valid: domain is not running",
        libvirt.VIR_ERR_OPERATION_INVALID,
        HypervisorError,
        "state",
    ),
]


class TestCauses:
    @pytest.mark.parametrize(("message", "code", "kind", "remedy"), CAUSES, ids=[cause[0][:60] for cause in CAUSES])
    def test_each_cause_has_its_class_and_a_remedy(
        self, message: str, code: int, kind: type[Qq2cloneError], remedy: str
    ) -> None:
        error = translate(fault(message, code), About("cannot do it", "web-1"))
        assert type(error) is kind
        assert remedy in error.remedy
        assert error.subject == "web-1"
        assert error.why == message.splitlines()[0].strip()

    def test_a_full_disk_is_known_by_its_number_in_any_language(self) -> None:
        error = translate(
            fault("plus de place", libvirt.VIR_ERR_SYSTEM_ERROR, number=errno.ENOSPC), About("cannot do it")
        )
        assert type(error) is AccessError

    def test_an_unknown_cause_keeps_libvirts_own_words(self) -> None:
        error = translate(fault("internal error: the moon is full"), About("cannot do it", "web-1"))
        assert type(error) is HypervisorError
        assert str(error) == "cannot do it 'web-1': internal error: the moon is full."

    def test_the_further_lines_of_an_xml_error_are_not_repeated(self) -> None:
        error = translate(
            fault("(domain_definition):1: mismatch\n<graphics passwd='hunter2'>\n---^", libvirt.VIR_ERR_XML_DETAIL),
            About("cannot define the machine"),
        )
        assert type(error) is BadXml
        assert "hunter2" not in str(error)

    def test_other_errors_pass_through(self) -> None:
        with pytest.raises(DomainNotFound), translated("cannot do it"):
            raise DomainNotFound("gone")


class TestOpening:
    @pytest.mark.parametrize(
        ("uri", "kind", "word"),
        [
            ("", BadArgument, "no libvirt URI"),
            ("nonsense", BadArgument, "no libvirt URI"),
            ("http://[", BadArgument, ""),
            ("qemu:///embed", BadArgument, "root directory"),
            ("qemu:///embed?root=relative", BadArgument, "root directory"),
            ("qemu:///embed?root=/proc/nowhere", AccessError, "/proc"),
            ("test:///no/such/file.xml", AccessError, "/no/such/file.xml"),
            ("test:///etc/hostname", BadXml, ""),
            ("qemu+unix:///system?socket=/no/such/socket", ConnectionFailed, "systemctl"),
            ("qemu+tcp://127.0.0.1:1/system", ConnectionFailed, "host is up"),
            ("qemu+ssh://name.invalid/system", ConnectionFailed, "host name"),
        ],
    )
    def test_a_connection_that_cannot_be_is_explained(
        self, uri: str, kind: type[Qq2cloneError], word: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(kind) as refused:
            open_hypervisor(uri, log_file=None)
        assert word in str(refused.value)
        assert capfd.readouterr().err == ""

    def test_a_log_file_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        from qq2clone_tui.adapters.libvirt import noise

        with pytest.raises(AccessError) as refused, pytest.MonkeyPatch.context() as patch:
            patch.setattr(noise, "_initialised", [])
            patch.setattr(noise, "_chosen", [])
            noise.direct_log(tmp_path / "missing" / "log")
        assert "missing" in refused.value.subject

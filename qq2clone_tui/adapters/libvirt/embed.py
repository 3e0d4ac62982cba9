"""Prepare the directory of an embedded hypervisor, and tell who holds it.

``qemu:///embed?root=DIR`` runs libvirt's QEMU driver inside this process. Everything it knows
is under DIR, and one process at a time may use it.

Source: https://libvirt.org/drvqemu.html#embedded-driver
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from qq2clone_tui.domain.errors import AccessError, BadArgument

__all__ = ["holder", "is_embed", "prepare", "root_of"]


def is_embed(uri: str) -> bool:
    """Tell whether ``uri`` asks for an embedded driver."""
    parts = urlsplit(uri)
    return "+" not in parts.scheme and not parts.netloc and parts.path == "/embed"


def root_of(uri: str) -> Path:
    """Return the root directory named by an embed URI.

    Raises:
        BadArgument: there is no ``root`` parameter, or it is no absolute path.
    """
    roots = parse_qs(urlsplit(uri).query).get("root", [])
    if len(roots) != 1 or not roots[0].startswith("/") or "\0" in roots[0]:
        raise BadArgument(
            "cannot use the connection",
            subject=uri,
            why="it names no absolute root directory",
            remedy="Write it as qemu:///embed?root=/absolute/directory.",
        )
    return Path(roots[0])


def prepare(root: Path, *, create: bool = False) -> None:
    """Make the root directory and its configuration, where they are missing.

    A directory that holds something already is left as it is, unless ``create`` says that it is
    meant to become a root. A configuration file that exists is never touched.

    Args:
        root: absolute path of the directory; it and its parents are made with mode 0700.
        create: also write the configuration into a directory that is not empty.

    Raises:
        AccessError: the directory cannot be made, read or written.
    """
    with _explained(root):
        if not create and root.exists() and any(root.iterdir()):
            return
        for directory in (*reversed(root.parents), root, root / "etc"):
            if not directory.exists():
                directory.mkdir(mode=0o700, exist_ok=True)
        _write_once(root / "etc" / "qemu.conf", _configuration())


def holder(root: Path) -> str:
    """Return "process N (NAME)" for whoever has the root open, or an empty text when unknown."""
    try:
        pid = int((root / "run" / "qemu" / "driver.pid").read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return ""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return f"process {pid}"
    return f"process {pid} ({name})"


def _configuration() -> str:
    lines = [
        "# Written once; yours to change.",
        "# Console and QEMU output go straight to files: there is no virtlogd here.",
        'stdio_handler = "file"',
    ]
    if os.geteuid() == 0:
        # Without these the driver drops QEMU to an unprivileged user, finds /dev/kvm closed to
        # it, believes that KVM has changed, and probes QEMU anew (seconds) at every definition.
        lines += ['user = "root"', 'group = "root"']
        # The user that TPM emulators have otherwise cannot enter a directory that is private to root.
        lines += ['swtpm_user = "root"', 'swtpm_group = "root"']
    return "\n".join(lines) + "\n"


def _write_once(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise AccessError(
            "cannot use the directory of the embedded hypervisor",
            subject=str(fault.filename or root),
            why=fault.strerror or str(fault),
            remedy="Name a directory that you may write to.",
        ) from fault

"""Build a Linux that boots in a second or two, from Debian's packages, with a guest agent in it.

A kernel, busybox, the QEMU guest agent and the libraries it loads, in one initial RAM disk.
Nothing of it is installed here: the packages are only downloaded and unpacked.

Source: initramfs buffer format, https://docs.kernel.org/driver-api/early-userspace/buffer-format.html
"""

import fcntl
import gzip
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

__all__ = ["LinuxGuest", "NoPackages", "build", "domain_xml"]

_KERNEL = "linux-image-cloud-amd64"
_AGENT = "qemu-guest-agent"
_BUSYBOX = "busybox-static"

_MODULES = (
    "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "failover",
    "net_failover", "virtio_net", "virtio_console",
)  # fmt: skip
"""Each after those it needs."""

_INIT = """#!/bin/busybox sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /var/run /etc
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
for module in MODULES; do insmod /modules/$module.ko || echo "no $module"; done
ifconfig lo up
ifconfig eth0 up && udhcpc -i eth0 -n -q -t 5 -T 1 -A 1 -s /etc/lease &
while :; do
  for name in /sys/class/virtio-ports/*/name; do
    [ "$(cat "$name" 2>/dev/null)" = org.qemu.guest_agent.0 ] || continue
    port=${name%/name}
    qemu-ga -m virtio-serial -p "/dev/${port##*/}" -t /run BLOCKED
  done
  sleep 0.2
done
"""

_LEASE = """#!/bin/sh
[ "$1" = bound ] || exit 0
ifconfig "$interface" "$ip" netmask "${subnet:-255.255.255.0}"
[ -z "$router" ] || route add default gw "$router"
"""

_XML = """
<domain type='qemu'>
  <name>{name}</name>{uuid}
  <memory unit='MiB'>160</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{kernel}</kernel>
    <initrd>{initrd}</initrd>
    <cmdline>console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=reliable</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    {channel}
    {network}
    <serial type='pty'/>
    <memballoon model='none'/>
    {devices}
  </devices>
</domain>
"""

AGENT_CHANNEL = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
USER_NETWORK = "<interface type='user'><model type='virtio'/></interface>"


class NoPackages(Exception):
    """The packages cannot be had here; the text says why."""


@dataclass(frozen=True, slots=True)
class LinuxGuest:
    """A guest to boot directly.

    Args:
        kernel, initrd: absolute paths.
        deaf: an initrd whose agent refuses to run commands.
    """

    kernel: Path
    initrd: Path
    deaf: Path


def domain_xml(
    guest: LinuxGuest,
    name: str,
    *,
    uuid: str = "",
    channel: str = AGENT_CHANNEL,
    network: str = USER_NETWORK,
    devices: str = "",
    deaf: bool = False,
) -> str:
    """Return domain XML that boots the guest."""
    return _XML.format(
        name=name,
        uuid=f"<uuid>{uuid}</uuid>" if uuid else "",
        kernel=guest.kernel,
        initrd=guest.deaf if deaf else guest.initrd,
        channel=channel,
        network=network,
        devices=devices,
    )


def build(cache: Path) -> LinuxGuest:
    """Return the guest, built unless ``cache`` holds it for the versions of the packages there are now.

    Raises:
        NoPackages: they cannot be downloaded here.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise NoPackages("there is no apt-get here")
    wanted = _wanted()
    recipe = "\n".join((_INIT, _LEASE, *_MODULES, *(_versions(wanted))))
    home = cache / sha256(recipe.encode()).hexdigest()[:16]
    turn = os.open(cache, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)  # several test processes want it at once
        if not home.is_dir():
            for old in cache.iterdir():  # what was built of older packages, or never finished
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                _built(Path(scratch), wanted).rename(home)
    finally:
        os.close(turn)
    return LinuxGuest(home / "vmlinuz", home / "initrd.gz", home / "deaf.gz")


def _built(scratch: Path, wanted: list[str]) -> Path:
    root, built = scratch / "root", scratch / "built"
    root.mkdir()
    built.mkdir(mode=0o755)
    command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *wanted]
    try:
        _said(command, scratch)
    except NoPackages:
        _said(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=60", "update"], scratch)
        _said(command, scratch)
    for package in sorted(scratch.glob("*.deb")):
        _said(["dpkg-deb", "-x", str(package), str(root)], scratch)
    shutil.copyfile(next((root / "boot").glob("vmlinuz-*")), built / "vmlinuz")
    for name, blocked in (("initrd.gz", ""), ("deaf.gz", "-b guest-exec")):
        files = dict(_contents(root, blocked))
        (built / name).write_bytes(gzip.compress(_cpio(files), compresslevel=6))
    return built


def _contents(root: Path, blocked: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and bytes of every file of the guest; all of them may be executed."""
    init = _INIT.replace("MODULES", " ".join(_MODULES)).replace("BLOCKED", blocked)
    yield "init", init.encode()
    yield "etc/lease", _LEASE.encode()
    yield "bin/busybox", (root / "bin" / "busybox").read_bytes()
    for module in _MODULES:
        yield f"modules/{module}.ko", next((root / "lib" / "modules").rglob(f"{module}.ko")).read_bytes()
    agent = root / "usr" / "sbin" / "qemu-ga"
    yield "usr/sbin/qemu-ga", agent.read_bytes()
    yield "lib64/ld-linux-x86-64.so.2", next(root.rglob("ld-linux-x86-64.so.2")).read_bytes()
    for name in sorted(_libraries(root, agent, set())):
        yield f"lib/x86_64-linux-gnu/{name}", _library(root, name).read_bytes()


def _libraries(root: Path, program: Path, known: set[str]) -> set[str]:
    for name in re.findall(r"\(NEEDED\).*\[(.+)\]", _said(["readelf", "-d", str(program)], root)):
        if name not in known:
            known.add(name)
            _libraries(root, _library(root, name), known)
    return known


def _library(root: Path, name: str) -> Path:
    return next(root.rglob(name))


def _cpio(files: dict[str, bytes]) -> bytes:
    """Return an archive in the format "newc"."""
    folders = {str(parent) for name in files for parent in Path(name).parents if str(parent) != "."}
    pieces = [_entry(folder, stat.S_IFDIR | 0o755, b"") for folder in sorted(folders | {"dev", "proc", "sys", "tmp"})]
    pieces += [_entry(name, stat.S_IFREG | 0o755, content) for name, content in files.items()]
    return b"".join((*pieces, _entry("TRAILER!!!", 0, b"")))


def _entry(name: str, mode: int, content: bytes) -> bytes:
    nodes = 2 if stat.S_ISDIR(mode) else 1
    text = name.encode() + b"\0"
    fields = (_entry_number(name), mode, 0, 0, nodes, 0, len(content), 0, 0, 0, 0, len(text), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(header + text) + _padded(content)


def _entry_number(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:4], "big")


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 4)


def _wanted() -> list[str]:
    """Return the packages to unpack: the kernel's, busybox, the agent and the libraries below it."""
    kernel = [name for name in _needs(_KERNEL) if name.startswith("linux-image-")]
    if not kernel:
        raise NoPackages(f"apt knows no package {_KERNEL}")
    libraries: list[str] = []
    for name in (_AGENT, *_needs(_AGENT)):
        libraries += [need for need in _needs(name) if need.startswith("lib") and need not in libraries]
    return [*kernel, _BUSYBOX, _AGENT, *libraries]


def _needs(package: str) -> list[str]:
    said = _said(["apt-cache", "depends", "--important", package], Path("/"))
    return re.findall(r"^ *(?:Pre)?Depends: ([a-z0-9][a-z0-9.+-]*)$", said, re.MULTILINE)


def _versions(packages: list[str]) -> list[str]:
    said = _said(["apt-cache", "policy", *packages], Path("/"))
    return re.findall(r"Candidate: (\S+)", said)


def _said(command: list[str], where: Path) -> str:
    surroundings = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            cwd=where,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise NoPackages(f"{command[0]} cannot be run here: {fault}") from fault
    if done.returncode:
        raise NoPackages(f"{' '.join(command[:6])}: {done.stderr.strip()[-300:]}")
    return done.stdout

"""Measure a loop of virt-clone on a hypervisor that it can open."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.adapters.sample.template import mock_sample_xml, write_sample

from .hypervisors import Ground
from .watch import Seconds, median, say, timed

__all__ = ["Theirs", "measure_virt_clone", "why_not"]

TIMES = 5
_ORIGINAL = "qqbench-original"
# https://libvirt.org/drvtest.html: machines of a node file run unless it says otherwise.
_TEST_DRIVER = "xmlns:test='http://libvirt.org/schemas/domain/test/1.0'"
_IS_OFF = "<test:runstate>5</test:runstate>"


@dataclass(frozen=True, slots=True)
class Theirs:
    """How fast virt-clone is.

    Args:
        uri: what it opened.
        seconds: the median for one clone.
    """

    uri: str
    seconds: Seconds


def why_not() -> str:
    """Return why there is nothing to compare with, or nothing."""
    return "" if shutil.which("virt-clone") else "virt-clone is not installed (package virtinst)"


@cache
def measure_virt_clone(ground: Ground) -> Theirs:
    """Clone the sample a few times with virt-clone, which cannot open an embedded hypervisor; once in a run."""
    directory = ground.directory / "virt-clone"
    directory.mkdir(mode=0o711)
    sample = write_sample(directory / "original")
    if not ground.no_system:
        uri = ground.system_uri()
        xml = sample.xml.read_text().replace("<name>sample<", f"<name>{_ORIGINAL}<")
        with _defined(uri, xml, directory):
            return Theirs(uri, _loop(uri, directory))
    # Forgotten when each virt-clone ends: nothing to clean up, but also nothing that takes time.
    node = directory / "node.xml"
    xml, _ = mock_sample_xml(str(sample.image))
    off = xml.replace("<domain ", f"<domain {_TEST_DRIVER} ", 1).replace("</domain>", f"{_IS_OFF}</domain>")
    node.write_text(f"<node>{off.replace('<name>sample<', f'<name>{_ORIGINAL}<')}</node>")
    return Theirs(f"test://{node}", _loop(f"test://{node}", directory))


def _loop(uri: str, directory: Path) -> Seconds:
    taken = []
    for number in range(TIMES):
        name = f"{_ORIGINAL}-{number}"
        words = [
            "virt-clone",
            "-q",
            "--connect",
            uri,
            "-o",
            _ORIGINAL,
            "-n",
            name,
            "-f",
            str(directory / f"{name}.qcow2"),
        ]
        taken.append(timed(partial(subprocess.run, words, check=True, timeout=60, stdin=subprocess.DEVNULL)))
        say(f"virt-clone {number + 1}/{TIMES}: {taken[-1]:.2f} s")
    return median(taken)


@contextmanager
def _defined(uri: str, xml: str, directory: Path) -> Iterator[None]:
    """Define the original; afterwards undefine it, its copies, and the pools virt-clone made on the way."""
    connection = libvirt.open(uri)
    try:
        connection.defineXML(xml)
        yield
    finally:
        for domain in connection.listAllDomains():
            if domain.name().startswith(_ORIGINAL):
                domain.undefine()
        for pool in connection.listAllStoragePools():
            if f"<path>{directory}" in pool.XMLDesc():
                pool.destroy()
                pool.undefine()
        connection.close()

"""Clones as the compiler makes them, on real QEMU: accepted, and running side by side."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.clone import CloneIdentity
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.metadata import read_marker
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.template import Template, TemplateDisk
from tests.domain.clone_samples import TEMPLATES, identity, template_of

OVMF = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
GREEDY = """
<domain type='qemu'>
  <name>greedy</name>
  <uuid>9d0e4d3b-7a60-4e5c-8a1b-3f0e0f6c2b77</uuid>
  <genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>
  <title>Wants everything for itself</title>
  <maxMemory slots='2' unit='MiB'>512</maxMemory>
  <memory unit='MiB'>64</memory>
  <sysinfo type='smbios'>
    <system>
      <entry name='uuid'>9d0e4d3b-7a60-4e5c-8a1b-3f0e0f6c2b77</entry>
      <entry name='serial'>ONE</entry>
    </system>
  </sysinfo>
  <os {choice}>
    <type arch='x86_64' machine='q35'>hvm</type>
    {firmware}
    <smbios mode='sysinfo'/>
  </os>
  <features><acpi/></features>
  <cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='{dir}/base.img'/>
      <target dev='vda' bus='virtio'/>
      <serial>DISK</serial>
    </disk>
    <disk type='file' device='floppy'>
      <driver name='qemu' type='raw'/>
      <source file='{dir}/floppy.img'/>
      <target dev='fda' bus='fdc'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <source file='{dir}/floppy.img'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
    </disk>
    <interface type='user'><mac address='52:54:00:00:00:01'/></interface>
    <serial type='file'><source path='{dir}/greedy.log'/><log file='{dir}/greedy2.log'/></serial>
    <serial type='unix'><source mode='bind' path='{dir}/greedy.sock'/></serial>
    <serial type='tcp'><source mode='bind' host='127.0.0.1' service='45871'/><protocol type='telnet'/></serial>
    <serial type='unix'><source mode='connect' path='{dir}/collector.sock'/></serial>
    <channel type='unix'>
      <source mode='bind' path='{dir}/agent.sock'/><target type='virtio' name='org.qemu.guest_agent.0'/>
    </channel>
    <graphics type='vnc' port='5987' websocket='5787' listen='127.0.0.1'/>
    <memory model='nvdimm'>
      <source><path>{dir}/pmem.raw</path></source>
      <target><size unit='MiB'>128</size><node>0</node></target>
    </memory>
  </devices>
</domain>
"""
EFI = "<loader readonly='yes' type='pflash'>{code}</loader><nvram template='{vars}'>{dir}/greedy_VARS.fd</nvram>"


@pytest.fixture
def place(embed_root: Path) -> Iterator[Path]:
    """A directory with the files the greedy template names."""
    directory = embed_root / "p"
    directory.mkdir()
    for name, size in (("base.img", 8 << 20), ("floppy.img", 1440 << 10), ("pmem.raw", 128 << 20)):
        with (directory / name).open("wb") as file:
            file.truncate(size)
    if VARIABLES.exists():
        (directory / "greedy_VARS.fd").write_bytes(VARIABLES.read_bytes())
    yield directory
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()


def _greedy(place: Path, firmware: str) -> Template:
    named = EFI.format(code=OVMF, vars=VARIABLES, dir=place) if firmware == "named" else ""
    choice = "firmware='efi'" if firmware == "chosen" else ""
    xml = GREEDY.format(dir=place, firmware=named, choice=choice)
    return Template("greedy", xml, (TemplateDisk("vda", f"{place}/base.img", "raw", 8 << 20),))


def _make(spec: ImageSpec) -> None:
    if spec.kind is ImageKind.OVERLAY:
        words = ["-F", spec.base_format, "-b", spec.base, spec.path, str(spec.size)]
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *words], check=True, timeout=60)
    else:
        assert spec.kind is ImageKind.FILE
        Path(spec.path).write_bytes(Path(spec.base).read_bytes())


def _started(host: LibvirtHypervisor, compiler: Compiler, who: CloneIdentity, place: Path) -> str:
    uuid = host.define(compiler.compile(who, str(place)).xml)
    for spec in compiler.files(who, str(place)):
        _make(spec)
    host.power(PowerVerb.START, uuid)
    return uuid


@pytest.mark.parametrize(
    "firmware",
    [
        "bios",
        pytest.param("named", marks=pytest.mark.skipif(not OVMF.exists(), reason="no OVMF")),
        pytest.param("chosen", marks=pytest.mark.skipif(not OVMF.exists(), reason="no OVMF")),
    ],
)
def test_two_clones_of_a_template_that_wants_all_for_itself_run_at_the_same_time(
    embed_host: LibvirtHypervisor, place: Path, firmware: str
) -> None:
    template = _greedy(place, firmware)
    compiler = Compiler(template.xml, template)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    who = [identity(compiler, template, number) for number in (1, 2)]
    uuids = [_started(embed_host, compiler, each, place) for each in who]
    states = {domain.uuid: domain.state for domain in embed_host.list_domains()}
    assert [states[uuid] for uuid in uuids] == [DomainState.RUNNING] * 2
    assert uuids == [each.uuid for each in who]
    for uuid in uuids:
        embed_host.power(PowerVerb.DESTROY, uuid)
    assert {name: (place / name).read_bytes() for name in before} == before
    ours = {
        Path(path).name
        for each in who
        for path in (
            *(spec.path for spec in compiler.files(each, str(place))),
            *compiler.runtime_files(each, str(place)),
        )
    }
    assert {path.name for path in place.iterdir()} <= ours | set(before)


@pytest.mark.parametrize("key", TEMPLATES)
def test_libvirt_accepts_a_clone_of_every_golden_machine_and_keeps_its_mark(
    embed_host: LibvirtHypervisor, key: str
) -> None:
    template = template_of(key)
    # Emulated, because this host may have no KVM; a host's CPU model goes with KVM only.
    root = etree.fromstring(template.xml.encode())
    root.set("type", "qemu")
    for cpu in root.findall("cpu[@mode]"):
        root.remove(cpu)
    for tpm in root.findall("devices/tpm") if shutil.which("swtpm") is None else []:
        root.find("devices").remove(tpm)  # type: ignore[union-attr]
    template = replace(template, xml=etree.tostring(root, encoding="unicode"))
    compiler = Compiler(template.xml, template)
    who = identity(compiler, template)
    uuid = embed_host.define(compiler.compile(who, "/clones").xml)
    mark = read_marker(embed_host.inactive_xml(uuid))
    assert uuid == who.uuid
    assert mark is not None
    assert mark.genuine


@pytest.mark.parametrize("live", [False, True])
def test_what_libvirt_gives_back_of_a_clone_compiles_again(
    embed_host: LibvirtHypervisor, place: Path, live: bool
) -> None:
    template = _greedy(place, "bios")
    compiler = Compiler(template.xml, template)
    uuid = _started(embed_host, compiler, identity(compiler, template, 1), place)
    xml = embed_host.live_xml(uuid) if live else embed_host.inactive_xml(uuid)
    grown = replace(template, xml=xml)
    again = Compiler(grown.xml, grown)
    second = identity(again, grown, 2)
    assert _started(embed_host, again, second, place) == second.uuid

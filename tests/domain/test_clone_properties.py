"""Whatever the template, two of its clones share nothing that only one machine can have."""

import time
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qq2clone_tui.domain.clone import CloneIdentity
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.template import Template, TemplateDisk

from .clone_samples import PLACE, compiler_of, domain, identity

PATHS = st.sampled_from(["/var/log/a.log", "/run/b.sock", "/tmp/c", "/srv/d d", "/a&amp;b"])
PORTS = st.integers(1, 65535)
HEX = st.text("0123456789abcdef", min_size=1, max_size=20)


@st.composite
def _disk(draw: st.DrawFn, target: str) -> str:
    kind, attribute = draw(st.sampled_from([("file", "file"), ("block", "dev")]))
    serial = f"<serial>{draw(HEX)}</serial>" if draw(st.booleans()) else ""
    wwn = f"<wwn>{draw(st.text('0123456789abcdef', min_size=16, max_size=16))}</wwn>" if draw(st.booleans()) else ""
    chain = "<backingStore type='file'><source file='/old'/></backingStore>" if draw(st.booleans()) else ""
    driver = draw(st.sampled_from(["", "<driver name='qemu' type='raw'/>", "<driver name='qemu' type='qcow2'/>"]))
    source = f"<source {attribute}='/images/{target}'/>"
    return f"<disk type='{kind}'>{driver}{source}{chain}<target dev='{target}' bus='virtio'/>{serial}{wwn}</disk>"


@st.composite
def _interface(draw: st.DrawFn) -> str:
    mac = draw(st.sampled_from(["", "<mac address='00:16:3e:01:02:03'/>", "<mac address='junk'/>"]))
    target = draw(st.sampled_from(["", "<target dev='tap0'/>", "<target dev='tap1' managed='no'/>"]))
    kind, source = draw(
        st.sampled_from(
            [
                ("network", "<source network='default'/>"),
                ("user", "<portForward proto='tcp'><range start='2022' to='22'/></portForward>"),
                ("vhostuser", "<source type='unix' path='/run/v.sock' mode='server'/>"),
                ("vhostuser", "<source type='unix' path='/run/w.sock' mode='client'/>"),
            ]
        )
    )
    return f"<interface type='{kind}'>{mac}{source}{target}</interface>"


@st.composite
def _stream(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(["serial", "parallel", "console", "channel"]))
    target = "<target type='virtio' name='org.example'/>" if tag == "channel" and draw(st.booleans()) else ""
    log = f"<log file='{draw(PATHS)}'/>" if draw(st.booleans()) else ""
    mode = draw(st.sampled_from(["bind", "connect"]))
    kind = draw(st.sampled_from(["pty", "file", "unix", "tcp", "udp", "pipe"]))
    sources = {
        "pty": "<source path='/dev/pts/7'/>",
        "file": f"<source path='{draw(PATHS)}' append='on'/>",
        "pipe": f"<source path='{draw(PATHS)}'/>",
        "unix": f"<source mode='{mode}' path='{draw(PATHS)}'/>",
        "tcp": f"<source mode='{mode}' host='0.0.0.0' service='{draw(PORTS)}'/><protocol type='telnet'/>",
        "udp": f"<source mode='bind' service='{draw(PORTS)}'/><source mode='connect' host='h' service='1'/>",
    }
    return f"<{tag} type='{kind}'>{sources[kind]}{target}{log}</{tag}>"


@st.composite
def _graphics(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["vnc", "spice"]))
    port = f"port='{draw(PORTS)}' autoport='no'" if draw(st.booleans()) else "autoport='yes'"
    extra = draw(st.sampled_from(["", "tlsPort='5999'" if kind == "spice" else "websocket='5700'"]))
    listen = draw(st.sampled_from(["", "<listen type='socket' socket='/run/g.sock'/>", "<listen type='none'/>"]))
    legacy = " socket='/run/old.sock'" if kind == "vnc" and draw(st.booleans()) else ""
    return f"<graphics type='{kind}' {port} {extra}{legacy}>{listen}</graphics>"


OTHERS = st.lists(
    st.sampled_from(
        [
            "<vsock model='virtio'><cid auto='no' address='5'/></vsock>",
            "<audio id='1' type='file' path='/tmp/x.wav'/>",
            "<memory model='nvdimm'><source><path>/images/pmem</path></source></memory>",
            "<pstore backend='acpi-erst'><path>/tmp/pstore</path></pstore>",
            "<tpm model='tpm-crb'><backend type='emulator'/></tpm>",
            "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source></hostdev>",
            "<interface type='hostdev'><source><address type='pci'/></source></interface>",
            "<serial type='dev'><source path='/dev/ttyS0'/></serial>",
            "<disk type='block' device='lun'><source dev='/dev/sg0'/><target dev='sdz'/></disk>",
            "<disk type='file' device='cdrom'><source file='/iso'/><target dev='sdy'/><serial>CD</serial></disk>",
        ]
    ),
    max_size=5,
    unique=True,
)
HEADS = st.sampled_from(
    [
        "",
        "<genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>",
        "<os firmware='efi'><type>hvm</type></os>",
        "<os><type>hvm</type><loader type='pflash' readonly='no'>/fw/all.fd</loader></os>",
        "<os><type>hvm</type><nvram template='/t.fd'>/nv/tiny_VARS.fd</nvram></os>",
        "<os><type>hvm</type><nvram type='file'><source file='/nv/tiny_VARS.fd'/></nvram></os>",
        "<sysinfo type='smbios'><system><entry name='uuid'>c7a5fdbd-edaf-9455-926a-d65c16db1809</entry>"
        "<entry name='serial'>S</entry></system><chassis><entry name='asset'>A</entry></chassis></sysinfo>",
    ]
)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Any machine the compiler takes, with exclusive devices to be stripped."""
    targets = draw(st.lists(st.sampled_from(["vda", "vdb", "sda", "hdc"]), unique=True, max_size=4))
    parts = [draw(_disk(target)) for target in targets]
    parts += draw(st.lists(_interface(), max_size=3)) + draw(st.lists(_stream(), max_size=5))
    parts += draw(st.lists(_graphics(), max_size=2)) + draw(OTHERS)
    policies = st.sampled_from([DiskPolicy.OVERLAY, DiskPolicy.BLANK, DiskPolicy.COPY])
    disks = tuple(TemplateDisk(target, f"/images/{target}", "raw", 1 << 30, draw(policies)) for target in targets)
    options = {"hostdev": "strip", "nvram": draw(st.sampled_from(["copy", "fresh"]))}
    return Template("tiny", domain("".join(parts), draw(HEADS)), disks, options=options)


def _exclusive(xml: str) -> Iterator[str]:
    """Give everything in a machine that no second running machine may have, as comparable text."""
    root = etree.fromstring(xml.encode())
    yield from (f"name {each.text}" for each in root.iterfind("name"))
    yield from (f"uuid {each.text}" for each in root.iterfind(".//uuid"))
    yield from (f"genid {each.text}" for each in root.iterfind("genid") if each.text)
    numbers = {"uuid", "serial", "asset"}
    yield from (f"smbios {e.get('name')} {e.text}" for e in root.iterfind("sysinfo//entry") if e.get("name") in numbers)
    yield from (f"nvram {each.text}" for each in root.iterfind("os/nvram") if each.text and each.text.strip())
    yield from (f"nvram {each.get('file')}" for each in root.iterfind("os/nvram/source"))
    yield from (f"loader {each.text}" for each in root.iterfind("os/loader[@readonly='no']"))
    for device in root.iterfind("devices/*"):
        yield from _of_device(device)


def _of_device(device: etree._Element) -> Iterator[str]:
    if (
        device.tag in {"hostdev", "lease"}
        or device.get("type") in {"dev", "hostdev", "pipe"}
        or device.get("device") == "lun"
    ):
        yield f"passed through {device.tag}"
    shared = device.find("readonly") is not None or device.get("device") in {"cdrom", "floppy"}
    for source in device.iterfind("source"):
        names = ("path",) if shared else ("path", "file", "dev")
        yield from (f"{name} {source.get(name)}" for name in names if source.get(name))
        if source.get("mode") == "bind" and source.get("service"):
            yield f"port {source.get('service')}"
    yield from (f"path {each.text}" for each in device.iterfind("source/path"))
    yield from (f"path {each.text}" for each in device.iterfind("path"))
    yield from (f"path {each.get('file')}" for each in device.iterfind("log"))
    yield from (f"path {device.get('path')}" for _ in [0] if device.get("path"))
    yield from (f"tap {each.get('dev')}" for each in device.iterfind("target") if device.tag == "interface")
    yield from (f"mac {each.get('address')}" for each in device.iterfind("mac"))
    yield from (f"cid {each.get('address')}" for each in device.iterfind("cid") if each.get("auto") != "yes")
    yield from (f"{tag} {each.text}" for tag in ("serial", "wwn") for each in device.iterfind(tag))
    yield from (f"forward {each.tag}" for each in device.iterfind("portForward"))
    if device.tag == "graphics":
        fixed = (device.get(name, "-1") for name in ("port", "tlsPort", "websocket"))
        yield from (f"port {port}" for port in fixed if port != "-1")
        yield from (f"socket {each.get('socket')}" for each in (device, *device) if each.get("socket"))


def _two(template: Template) -> tuple[Compiler, CloneIdentity, CloneIdentity]:
    compiler = compiler_of(template)
    return compiler, identity(compiler, template, 1), identity(compiler, template, 2)


@settings(max_examples=200, deadline=None)
@given(templates())
def test_two_clones_and_their_template_share_nothing_exclusive(template: Template) -> None:
    compiler, one, two = _two(template)
    first = set(_exclusive(compiler.compile(one, PLACE).xml))
    second = set(_exclusive(compiler.compile(two, PLACE).xml))
    assert first and second
    assert not first & second
    kept_by_nobody = set(_exclusive(template.xml)) - {"mac junk"}
    assert not first & kept_by_nobody


@settings(max_examples=100, deadline=None)
@given(templates())
def test_the_files_of_two_clones_are_different_and_all_in_their_place(template: Template) -> None:
    compiler, one, two = _two(template)
    paths = [
        *(spec.path for who in (one, two) for spec in compiler.files(who, PLACE)),
        *(path for who in (one, two) for path in compiler.runtime_files(who, PLACE)),
    ]
    assert len(paths) == len(set(paths))
    assert all(path.rpartition("/")[0] == PLACE for path in paths)
    bases = {spec.base for spec in compiler.files(one, PLACE)}
    assert not bases & set(paths)


@settings(max_examples=100, deadline=None)
@given(templates())
def test_compiling_again_gives_the_same_text(template: Template) -> None:
    compiler, one, two = _two(template)
    before = compiler.compile(one, PLACE)
    compiler.compile(two, PLACE)
    assert compiler.compile(one, PLACE) == before == compiler_of(template).compile(one, PLACE)


@settings(max_examples=100, deadline=None)
@given(templates())
def test_a_clone_describes_as_the_machine_its_identity_says(template: Template) -> None:
    compiler, one, _ = _two(template)
    described = describe(compiler.compile(one, PLACE).xml)
    assert (described.name, described.uuid) == (one.name, one.uuid)
    assert tuple(interface.mac for interface in described.interfaces) == one.macs
    images = {spec.path for spec in compiler.files(one, PLACE)} | set(compiler.runtime_files(one, PLACE))
    assert all(disk.source in images for disk in described.disks if disk.cloned)
    assert described.memory_bytes == describe(template.xml).memory_bytes
    assert not described.nvram or described.nvram in images


def test_a_clone_is_compiled_in_less_than_a_millisecond() -> None:
    count = 500
    disks = tuple(TemplateDisk(f"vd{letter}", f"/images/{letter}", "raw", 1 << 30) for letter in "abcdefgh")
    parts = [f"<disk type='file'><source file='/images/{d.target}'/><target dev='{d.target}'/></disk>" for d in disks]
    template = Template("tiny", domain("".join(parts)), disks)
    compiler = compiler_of(template)
    who = identity(compiler, template)
    began = time.process_time()
    for _ in range(count):
        compiler.compile(who, PLACE)
    assert (time.process_time() - began) / count < 0.001

"""Single rules of cloning whose cases the golden machines do not hold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from lxml import etree

from qq2clone_tui.domain.disk import DiskPolicy, ImageKind, ImageSpec
from qq2clone_tui.domain.errors import BadArgument, BadXml
from qq2clone_tui.domain.template import Template, TemplateDisk

from .clone_samples import PLACE, compiler_of, domain, identity

DISK = "<disk type='file'><source file='/i/a.img'/><target dev='vda' bus='{bus}'/></disk>"


def _template(devices: str = "", head: str = "", *disks: TemplateDisk, **options: str) -> Template:
    return Template("tiny", domain(devices, head), disks, options=options)


def _clone(template: Template, number: int = 7) -> etree._Element:
    compiler = compiler_of(template)
    return etree.fromstring(compiler.compile(identity(compiler, template, number), PLACE).xml)


def _files(template: Template) -> tuple[ImageSpec, ...]:
    compiler = compiler_of(template)
    return compiler.files(identity(compiler, template), PLACE)


class TestDisks:
    def test_an_overlay_names_its_base_format_and_is_never_smaller_than_the_base(self) -> None:
        disk = TemplateDisk("vda", "/i/a.img", "raw", 12345)
        spec = ImageSpec(f"{PLACE}/tiny-7.vda.qcow2", ImageKind.OVERLAY, "/i/a.img", "raw", 12345)
        assert _files(_template(DISK, "", disk)) == (spec,)

    def test_a_disk_the_template_knows_no_image_of_is_refused(self) -> None:
        with pytest.raises(BadXml, match="no image for it"):
            compiler_of(_template(DISK))

    def test_an_image_whose_disk_was_edited_away_is_not_made(self) -> None:
        assert _files(_template("", "", TemplateDisk("vdb", "/i/b.img", "raw", 1))) == ()

    def test_a_shared_disk_is_read_only_and_makes_no_file(self) -> None:
        template = _template(DISK.format(bus="virtio"), "", TemplateDisk("vda", "/i/a.img", "raw", 1, DiskPolicy.SHARE))
        disk = _clone(template).find("devices/disk")
        assert disk is not None
        assert disk.find("readonly") is not None
        assert _files(template) == ()

    @pytest.mark.parametrize("bus", ["ide", "sata"])
    def test_a_shared_disk_on_a_bus_that_cannot_be_read_only_is_refused(self, bus: str) -> None:
        template = _template(DISK.format(bus=bus), "", TemplateDisk("vda", "/i/a.img", "raw", 1, DiskPolicy.SHARE))
        with pytest.raises(BadXml, match=bus):
            compiler_of(template)

    def test_a_serial_number_fits_into_what_a_virtio_disk_can_show(self) -> None:
        disk = DISK.replace("</disk>", "<serial>X</serial></disk>")
        serial = _clone(_template(disk, "", TemplateDisk("vda", "/i/a.img", "raw", 1))).findtext("devices/disk/serial")
        assert serial is not None
        assert len(serial) == 20
        assert serial.isalnum()

    def test_a_volume_becomes_a_file_so_that_security_drivers_see_the_chain(self) -> None:
        volume = "<disk type='volume'><source pool='p' volume='v' mode='host'/><target dev='vda'/></disk>"
        disk = _clone(_template(volume, "", TemplateDisk("vda", "/p/v", "qcow2", 1))).find("devices/disk")
        assert disk is not None
        assert disk.get("type") == "file"
        assert [source.items() for source in disk.findall("source")] == [[("file", f"{PLACE}/tiny-7.vda.qcow2")]]


class TestNetwork:
    def test_prefixes_follow_the_interfaces_and_a_missing_address_gets_the_usual_one(self) -> None:
        macs = ("<mac address='00:16:3E:01:02:03'/>", "", "<mac address='x'/>")
        compiler = compiler_of(_template("".join(f"<interface type='user'>{mac}</interface>" for mac in macs)))
        assert compiler.mac_prefixes == ("00:16:3e", "52:54:00", "52:54:00")

    def test_what_names_a_port_on_a_virtual_switch_is_left_to_libvirt(self) -> None:
        parameters = "<parameters profileid='web' interfaceid='09b11c53-8b5c-4eeb'/>"
        port = f"<virtualport type='openvswitch'>{parameters}</virtualport>"
        source = "<source network='default' portid='5d744f21-ba4a-4d6e-bdb2-30a35ff3207d'/>"
        interface = _clone(_template(f"<interface type='network'>{source}{port}</interface>")).find("devices/interface")
        assert interface is not None
        assert [source.items() for source in interface.findall("source")] == [[("network", "default")]]
        assert [each.items() for each in interface.iter("parameters")] == [[("profileid", "web")]]

    def test_too_few_addresses_are_refused(self) -> None:
        template = _template("<interface type='user'/>")
        compiler = compiler_of(template)
        with pytest.raises(BadArgument, match="0 MAC addresses for 1"):
            compiler.compile(replace(identity(compiler, template), macs=()), PLACE)


class TestFirmware:
    NVRAM = "<os><nvram>/n/tiny_VARS.fd</nvram></os>"

    def test_variables_are_copied_byte_for_byte(self) -> None:
        spec = ImageSpec(f"{PLACE}/tiny-7_VARS.fd", ImageKind.FILE, "/n/tiny_VARS.fd")
        assert _files(_template("", self.NVRAM)) == (spec,)

    def test_variables_that_were_never_written_are_made_new_and_still_belong_to_the_clone(self) -> None:
        template = _template("", self.NVRAM, nvram="fresh")
        compiler = compiler_of(template)
        who = identity(compiler, template)
        assert compiler.files(who, PLACE) == ()
        assert compiler.runtime_files(who, PLACE) == (f"{PLACE}/tiny-7_VARS.fd",)
        assert _clone(template).findtext("os/nvram") == f"{PLACE}/tiny-7_VARS.fd"

    def test_a_machine_without_variables_gets_none(self) -> None:
        stateless = "<os firmware='efi'><type>hvm</type><loader stateless='yes'/></os>"
        for head in ("<os><type>hvm</type></os>", stateless):
            assert _clone(_template("", head)).find("os/nvram") is None

    def test_a_variable_store_is_copied_like_the_variables(self) -> None:
        template = _template("", "<os firmware='efi'><varstore path='/n/tiny.json'/></os>")
        assert _files(template) == (ImageSpec(f"{PLACE}/tiny-7_VARS.json", ImageKind.FILE, "/n/tiny.json"),)
        assert _clone(template).find("os/nvram") is None

    def test_a_tpm_with_a_state_file_starts_empty_or_copied_as_the_template_says(self) -> None:
        tpm = "<tpm><backend type='emulator'><source type='file' path='/t/state'/></backend></tpm>"
        assert _files(_template(tpm)) == ()
        assert _files(_template(tpm, tpm="copy")) == (ImageSpec(f"{PLACE}/tiny-7.tpm1", ImageKind.FILE, "/t/state"),)


class TestConsoles:
    def test_a_console_that_mirrors_a_serial_port_goes_on_mirroring_it(self) -> None:
        stream = "<{0} type='file'><source path='/var/log/x'/><log file='/var/log/y'/></{0}>"
        clone = _clone(_template(stream.format("serial") + stream.format("console")))
        paths = [each.get("path") for each in clone.iterfind("devices/*/source")]
        logs = [each.get("file") for each in clone.iterfind("devices/*/log")]
        assert paths[0] == paths[1] != logs[0] == logs[1]

    def test_a_socket_path_too_long_for_the_kernel_is_shortened(self) -> None:
        template = _template("<serial type='unix'><source mode='bind' path='/run/a'/></serial>")
        template = replace(template, name="n" * 60)
        source = _clone(template).find("devices/serial/source")
        assert source is not None
        assert len(source.get("path", "")) <= 107
        other = _clone(template, 8).find("devices/serial/source")
        assert other is not None
        assert other.get("path") != source.get("path")

    def test_a_place_too_deep_for_any_socket_is_refused(self) -> None:
        template = _template("<serial type='unix'><source mode='bind' path='/run/a'/></serial>")
        compiler = compiler_of(template)
        with pytest.raises(BadArgument, match="107 bytes"):
            compiler.compile(identity(compiler, template), "/" + "d" * 100)

    def test_a_port_that_connected_to_a_socket_listens_on_the_clones_own(self) -> None:
        port = "<serial type='unix'><source mode='connect' path='/run/a'><reconnect enabled='yes'/></source></serial>"
        source = _clone(_template(port)).find("devices/serial/source")
        assert source is not None
        assert source.items() == [("mode", "bind"), ("path", f"{PLACE}/tiny-7.serial0.sock")]
        assert len(source) == 0


class TestLabels:
    def test_a_static_label_goes_and_a_disabled_one_stays(self) -> None:
        head = (
            "<seclabel type='static' model='dac'><label>+0:+0</label></seclabel><seclabel type='none' model='selinux'/>"
        )
        clone = _clone(_template("", head))
        assert [label.get("type") for label in clone.iterfind("seclabel")] == ["none"]

    def test_aliases_people_gave_stay_and_those_libvirt_made_go(self) -> None:
        devices = "".join(f"<interface type='user'><alias name='{name}'/></interface>" for name in ("net0", "ua-lan"))
        clone = _clone(_template(devices))
        assert [alias.get("name") for alias in clone.iterfind("devices/*/alias")] == ["ua-lan"]


def test_many_threads_at_once_compile_what_one_would() -> None:
    template = _template(DISK.format(bus="virtio"), "", TemplateDisk("vda", "/i/a.img", "raw", 1))
    compiler = compiler_of(template)
    people = [identity(compiler, template, number) for number in range(1, 251)]
    alone = [compiler.compile(who, PLACE).xml for who in people]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda who: compiler.compile(who, PLACE).xml, people))
    assert together == alone
    assert len(set(together)) == len(people)

"""What real machines show on their screens can be seen, and read."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import displays
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.sample.boot_sector import GREETING
from qq2clone_tui.domain.errors import DomainNotFound, HypervisorError
from qq2clone_tui.domain.screen_text import ScreenText, read_text
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.ui.pictures.decode import decode
from qq2clone_tui.ui.pictures.develop import develop
from qq2clone_tui.ui.pictures.lens import Lens
from tests.adapters.libvirt_worlds import eventually

from .test_sample_machine import start_fleet


def text_of(host: LibvirtHypervisor, uuid: str) -> ScreenText | None:
    picture = decode(host.displays.screenshot(uuid))
    return read_text(*picture.size, picture.tobytes())


def greets(host: LibvirtHypervisor, uuid: str) -> bool:
    text = text_of(host, uuid)
    return text is not None and GREETING in text.plain


@pytest.mark.timeout(120)
def test_the_sample_machine_is_seen_and_its_greeting_read(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    (uuid,) = start_fleet(embed_host, tmp_path, 1)
    assert eventually(lambda: greets(embed_host, uuid))
    shot = embed_host.displays.screenshot(uuid)
    bright = sum(decode(shot).convert("L").histogram()[128:])
    assert bright > 500
    made = develop(shot, Lens(80, 22))
    assert made.letters
    assert any(GREETING in "".join(segment.text for segment in row) for row in made.rows)
    embed_host.power(PowerVerb.SUSPEND, uuid)
    assert greets(embed_host, uuid), "a paused machine shows what it showed last"
    embed_host.power(PowerVerb.DESTROY, uuid)
    with pytest.raises(HypervisorError, match=r"it is off\. Start it first"):
        embed_host.displays.screenshot(uuid)


def test_a_machine_without_graphics_card_says_so(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    xml = """<domain type='qemu'><name>blind</name><memory unit='MiB'>32</memory>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <devices><video><model type='none'/></video></devices></domain>"""
    uuid = embed_host.define(xml)
    embed_host.power(PowerVerb.START, uuid)
    with pytest.raises(HypervisorError, match="no graphics card") as fault:
        embed_host.displays.screenshot(uuid)
    assert "serial console" in fault.value.remedy


def test_a_machine_that_is_gone_is_named_so(embed_host: LibvirtHypervisor) -> None:
    with pytest.raises(DomainNotFound):
        embed_host.displays.screenshot("b3196aa6-669a-45f9-8a97-01a36a8dc38e")


@pytest.mark.timeout(120)
def test_a_picture_without_end_is_cut_off_and_the_next_one_works(
    embed_host: LibvirtHypervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (uuid,) = start_fleet(embed_host, tmp_path, 1)
    with monkeypatch.context() as patched:
        patched.setattr(displays, "MOST_BYTES", 1000)
        with pytest.raises(HypervisorError, match="longer than"):
            embed_host.displays.screenshot(uuid)
    assert eventually(lambda: greets(embed_host, uuid))

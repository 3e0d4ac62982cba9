"""Build the templates and identities that the tests of the clone compiler use."""

from dataclasses import replace
from pathlib import Path

from qq2clone_tui.domain.clone import CloneIdentity
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.names import clone_name
from qq2clone_tui.domain.template import Template, TemplateDisk

__all__ = ["GOLDEN", "PLACE", "TEMPLATES", "compiler_of", "domain", "identity", "template_of"]

GOLDEN = Path(__file__).parent / "golden"
PLACE = "/var/lib/libvirt/images/qq2clone"
GIB = 1 << 30

TEMPLATES = {
    "bios": Template("debian12", "", (TemplateDisk("vda", "/images/debian12.img", "raw", GIB),), version=4),
    "uefi": Template(
        "fedora",
        "",
        (
            TemplateDisk("vda", "/dev/vg0/fedora", "raw", 20 * GIB),
            TemplateDisk("vdb", "/images/swap.qcow2", "qcow2", GIB, DiskPolicy.BLANK),
            TemplateDisk("sda", "/pools/default/data.qcow2", "qcow2", 5 * GIB, DiskPolicy.COPY),
            TemplateDisk("vdd", "/images/corpus.img", "raw", 9 * GIB, DiskPolicy.SHARE),
        ),
    ),
    "windows": Template("win11", "", (TemplateDisk("sda", "/images/win11.qcow2", "qcow2", 64 * GIB),)),
    "exclusive": Template(
        "everything",
        "",
        (TemplateDisk("vda", "/images/everything.qcow2", "qcow2", GIB),),
        options={"hostdev": "strip"},
    ),
}
"""One template a golden machine; its XML is in ``golden/<key>.in.xml``."""


def template_of(key: str) -> Template:
    """Return a golden template with its XML."""
    return replace(TEMPLATES[key], xml=(GOLDEN / f"{key}.in.xml").read_text())


def compiler_of(template: Template) -> Compiler:
    """Return the compiler of a template."""
    return Compiler(template.xml, template)


def identity(compiler: Compiler, template: Template, number: int = 7) -> CloneIdentity:
    """Return an identity that follows from the number alone."""
    macs = tuple(f"{prefix}:00:{number:02x}:{index:02x}" for index, prefix in enumerate(compiler.mac_prefixes))
    uuid = f"00000000-0000-4000-8000-{number:012x}"
    return CloneIdentity(template.name, template.version, number, clone_name(template.name, number), uuid, macs)


def domain(devices: str = "", head: str = "", kind: str = "kvm") -> str:
    """Return a small domain around the given XML."""
    return (
        f"<domain type='{kind}'><name>tiny</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"
        f"<memory>65536</memory><vcpu>1</vcpu>{head}<devices>{devices}</devices></domain>"
    )

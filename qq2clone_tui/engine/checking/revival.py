"""Define a clone again whose machine is gone while its disks are there."""

import posixpath
from collections.abc import Callable

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.own_names import is_disk
from qq2clone_tui.domain.swap_xml import swapped
from qq2clone_tui.domain.template import Template

from .scene import Scene

__all__ = ["revival"]


def revival(scene: Scene, record: CloneRecord) -> Callable[[], None] | None:
    """Return what defines a clone's machine anew after its template, with the disks it has; None if that cannot be.

    It gets its name, UUID, MAC addresses and disks; what was changed in its own XML is lost. Each disk that
    a clone has for itself must be there.
    """
    one = record.identity
    template = scene.template_of.get(one.template)
    if one.staging or template is None or not record.files:
        return None
    try:
        xml = _xml(scene, record, template.at(one.version))
    except Qq2cloneError:
        return None

    def define() -> None:
        if scene.tools.hypervisor.read_domain(one.uuid) is not None:
            raise BadArgument("cannot define the machine", subject=one.name, why="there is one by now")
        scene.tools.hypervisor.define(xml)

    return define


def _xml(scene: Scene, record: CloneRecord, template: Template) -> str:
    """Return the XML of a clone that was just made, with the files that this one has by now.

    Raises:
        Qq2cloneError: one of its disks is not there, or it would be no machine.
    """
    place = posixpath.dirname(record.files[0])
    compiler = Compiler(template.xml, template)
    compiled = [spec.path for spec in compiler.files(record.identity, place)]
    there = list(scene.tools.images.allocated_bytes(record.files))
    paths: dict[str, str] = {}
    for disk in template.disks:
        if disk.policy is DiskPolicy.SHARE:
            continue
        named, own = ([path for path in found if is_disk(path, disk.target)] for found in (compiled, there))
        if len(named) != 1 or len(own) != 1:
            raise BadArgument("cannot define the machine", subject=record.identity.name, why=f"it lacks {disk.target}")
        paths[named[0]] = own[0]
    xml = compiler.compile(record.identity, place).xml
    return swapped(xml, paths, {}, record.identity.version)

"""A template whose versions are real images that stand on one another, over a hypervisor in memory."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.clone import CloneIdentity
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.templates.removal import remove
from qq2clone_tui.engine.tools import Tools
from qq2clone_tui.engine.versions.pruning import Pruning, PruningProgress
from tests.adapters.image_files import MIB, chain, make_image, qemu_img, qemu_io

__all__ = ["Lab"]

_XML = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/><target dev='vda'/></disk>
</devices></domain>"""


class _Number:
    """A request for one clone of one version."""

    count, ephemeral = 1, False

    def __init__(self, version: int, number: int, path: str) -> None:
        self.template, self.version, self.numbers, self._path = "deb", version, [number], path

    def identity(self, number: int, _uuids: set[str], _macs: set[str]) -> CloneIdentity:
        return CloneIdentity("deb", self.version, number, f"deb-{number}", _uuid(number))

    def files(self, _identity: CloneIdentity) -> list[str]:
        return [self._path]


class Lab:
    """The template *deb*: version n writes the pattern n into its n-th mebibyte; version 1 is a foreign raw image.

    Args:
        directory: where everything is; images lie in its directory ``place``.
        versions: how many there are.
        owned: make also the first one ours.
    """

    def __init__(self, directory: Path, versions: int, *, owned: bool = False) -> None:
        self.directory, self.place = directory, directory / "place"
        self.place.mkdir()
        self.fleet = SampleFleet()
        self.clones: dict[int, int] = {}
        self.base = make_image((self.place if owned else directory) / "base.raw", 32 * MIB, "raw", pattern=1)
        self.tools = self.open()
        history: list[Version] = []
        for number in range(1, versions + 1):
            path = self._image(number)
            stamp = self.tools.images.probe(str(path)).stamp
            form = "raw" if number == 1 else "qcow2"
            disk = TemplateDisk("vda", str(path), form, 32 * MIB, owned=owned or number > 1, stamp=stamp)
            history.append(Version(number, (disk,), created_at=float(number)))
        newest = history[-1]
        xml = _XML.format(name="deb", uuid=_uuid(99), image=self.base)
        template = Template("deb", xml, newest.disks, newest.number, versions=tuple(history))
        self.tools.catalogue.add_template(template)

    def open(self, wrap: Callable[[Any], Any] = lambda each: each) -> Tools:
        """Return adapters over the lab as another process would have them."""
        catalogue = SqliteCatalogue(self.directory / "catalogue.sqlite", self.directory / "templates")
        return Tools(self.fleet.hypervisor, wrap(LocalImages(self.place)), wrap(catalogue))

    def path(self, number: int) -> Path:
        """Return the image of a version."""
        return self.base if number == 1 else self.place / f"deb.v{number}.vda.qcow2"

    def clone(self, number: int, version: int) -> Path:
        """Make a clone that has written a pattern of its own."""
        path = self.overlay(f"deb-{number}.vda.qcow2", version)
        qemu_io(path, f"write -P {100 + number} 20M 64k")
        (record,) = self.tools.catalogue.reserve(_Number(version, number, str(path)))
        self.tools.catalogue.mark_ready([record.identity.uuid])
        identity = record.identity
        self.fleet.hypervisor.define(_XML.format(name=identity.name, uuid=identity.uuid, image=path))
        self.clones[number] = version
        return path

    def overlay(self, name: str, version: int) -> Path:
        """Make an overlay of a version that nobody has recorded."""
        path = self.place / name
        form = "raw" if version == 1 else "qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-b", self.path(version), "-F", form, path)
        return path

    def heir(self, name: str = "heir") -> Path:
        """Make a template whose only version stands on the newest of deb, which is deleted unless others need it."""
        template = self.tools.catalogue.template("deb")
        path = self.overlay(f"{name}.vda.qcow2", template.version)
        stamp = self.tools.images.probe(str(path)).stamp
        disk = TemplateDisk("vda", str(path), "qcow2", 32 * MIB, owned=True, stamp=stamp)
        self.tools.catalogue.add_template(Template(name, template.xml.replace("deb", name), (disk,)))
        if name == "heir":
            remove(self.tools, "deb")
        return path

    def pruning(self, tools: Tools | None = None) -> Pruning:
        """Return what is tested."""
        chosen = tools or self.tools
        return Pruning(chosen, InventoryStore(chosen.hypervisor, chosen.catalogue))

    def versions(self) -> list[int]:
        """Return the numbers of the versions that are recorded."""
        return [version.number for version in self.tools.catalogue.template("deb").history]

    def files(self) -> set[str]:
        """Return the names of the files at the place."""
        return {path.name for path in self.place.iterdir()}

    def below(self, path: Path) -> list[str]:
        """Return the names of an image and of what it stands on."""
        return [Path(image["filename"]).name for image in chain(path)]

    def check(self) -> None:
        """Fail unless everybody reads what they are to read, versions are sealed and known, and nothing is left."""
        template = self.tools.catalogue.template("deb")
        for version in template.history:
            (disk,) = version.disks
            numbers = range(1, version.number + 1)
            reads = (f"read -P {number} {number}M 1M" for number in numbers)
            qemu_io(Path(disk.image), *reads, image_format=disk.format)
            assert self.tools.images.probe(disk.image).stamp == disk.stamp
            assert not disk.owned or Path(disk.image).stat().st_mode & 0o222 == 0
        for number, made_from in self.clones.items():
            path = self.place / f"deb-{number}.vda.qcow2"
            patterns = (f"read -P {each} {each}M 1M" for each in range(1, made_from + 1))
            qemu_io(path, *patterns, f"read -P {100 + number} 20M 64k")
        owned = {Path(path).name for path in template.owned_files}
        assert self.files() == owned | {f"deb-{number}.vda.qcow2" for number in self.clones}
        assert self.tools.catalogue.intents.of("template deb") is None
        assert list(self.tools.catalogue.journal.ours()) == []

    def killed_at(self, tick: int) -> bool:
        """Prune in a process that is killed at its n-th step, and tell whether it was; else it has ended well."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                counter = _Counter(tick)
                tools = self.open(lambda each: _Deadly(each, counter))
                pruning = self.pruning(tools)
                told: set[int] = set()

                def tell(progress: PruningProgress) -> None:
                    if (tenth := round(progress.fraction * 10)) not in told:
                        told.add(tenth)
                        counter.step()

                results = pruning.prune(pruning.plan_prune("deb"), tell)
                code = 0 if all(result.error is None for result in results) else 2
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
        return os.WIFSIGNALED(status)

    @contextmanager
    def pruning_elsewhere(self) -> Iterator[int]:
        """Prune in a process that pauses in the middle for the length of a block, whose number is given."""
        begun, going_on = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                told = False

                def pause(progress: PruningProgress) -> None:
                    nonlocal told
                    if progress.fraction > 0 and not told:
                        told = True
                        os.write(begun[1], b"x")
                        os.read(going_on[0], 1)

                pruning = self.pruning(self.open())
                results = pruning.prune(pruning.plan_prune("deb"), pause)
                code = 0 if all(result.error is None for result in results) else 2
            finally:
                os._exit(code)
        try:
            assert os.read(begun[0], 1) == b"x"
            yield child
        finally:
            os.write(going_on[1], b"x")
            _, status = os.waitpid(child, 0)
            for end in (*begun, *going_on):
                os.close(end)
        assert status == 0, status

    def recover(self) -> tuple[str, ...]:
        """Deal with what a killed process left, as the next start does."""
        self.tools = self.open()
        return recover(self.tools)

    def _image(self, number: int) -> Path:
        path = self.path(number)
        if number > 1:
            self.overlay(path.name, number - 1)
            qemu_io(path, f"write -P {number} {number}M 1M")
            path.chmod(0o444)
        elif path.parent == self.place:
            path.chmod(0o444)
        return path


class _Counter:
    def __init__(self, tick: int) -> None:
        self._left = tick

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


_DEADLY = frozenset({"merging", "versions", "intents", "journal"})
_STEPS = frozenset({"make", "put", "fold", "begin", "end", "drop", "delete"})


class _Deadly:
    """Kills the process before a step of what it wraps; after one, that is before the next."""

    def __init__(self, inner: Any, counter: _Counter) -> None:
        self._inner, self._counter = inner, counter

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in _DEADLY:
            return _Deadly(found, self._counter)
        if name not in _STEPS:
            return found

        def step(*args: Any, **named: Any) -> Any:
            self._counter.step()
            return found(*args, **named)

        return step


def _uuid(number: int) -> str:
    return f"11111111-2222-4333-8444-{number:012}"

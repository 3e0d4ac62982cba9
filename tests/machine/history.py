"""One history of a world: what is done to it, what should be there afterwards, and what is."""

import os
from pathlib import Path

from .circumstances import circumstances_of, footing_of
from .deeds import Deed, Outcome, do
from .excuses import Circumstances, excuses
from .expected import after, torn
from .forker import Forker
from .guests import Pattern, write
from .holdings import Holdings
from .sight import NVRAM, Sight
from .strangers import Strangers
from .watch import Footing
from .world import World

__all__ = ["History", "Pattern"]

_REPLACING = frozenset({"flatten", "in-place", "prune"})
"""Deeds that may put another file, which reads the same, in the place of one that others stand on."""


class History:
    """What has been done since a world began, and what must be true of it.

    Args:
        world: where; it is begun anew.
        forker: does deeds that are killed.

    Attributes:
        expected: what there should be.
        strangers: the others on the host.
        drifted: versions of which an image was changed, by template and number.
        touches: how often one was.
    """

    def __init__(self, world: World, forker: Forker) -> None:
        self.world = world
        self._forker = forker
        self.drifted: set[tuple[str, int]] = set()
        self.touches = self._names = 0
        self._sound = True
        world.begin()
        self._holdings = Holdings(world)
        self.strangers = Strangers(world, self._holdings.opened.hypervisor)
        for name in self.strangers.make_sources():
            outcome = do(self._holdings.opened, Deed("import", name, option=name == "own"))
            assert not outcome.refused, outcome
        self.expected = self._holdings.see()
        self._footing = self._stand()

    def close(self) -> None:
        """Let go of the world."""
        self._holdings.opened.close()

    def new_name(self) -> str:
        """Return a name that no template has had."""
        self._names += 1
        return f"new{self._names}"

    def do(self, deed: Deed) -> str:
        """Do something that nobody interrupts, see that it was done as it should be, and return how it went."""
        circumstances = self._circumstances()
        self._sound = False
        return self._judge(deed, do(self._holdings.opened, deed), circumstances)

    def cut(self, deed: Deed, effects: int, *, late: bool) -> str:
        """Let the power go in the middle of something, or right after it, and see that the next start mends it.

        Args:
            deed: what is done.
            effects: how much is done of it.
            late: which machines there are is on the disk only when that was waited for.

        Returns:
            How it went until then: ``killed``, or as ``do``.
        """
        circumstances = self._circumstances()
        self._sound = False
        self._holdings.opened.close()  # whoever has the catalogue open would still see what is lost
        outcome = self._forker.do(self.world.root, deed, effects, cut="late" if late else "early")
        self._holdings.reopen()
        self.strangers.hypervisor = self._holdings.opened.hypervisor
        said = self._holdings.opened.recover()
        if outcome.refused and not outcome.killed:
            return self._judge(deed, outcome, circumstances)
        if deed.verb == "in-place" and self._holdings.unfinished("intent"):
            self._finish_in_place(deed)
            return "killed"
        seen = self._holdings.see()
        fault = torn(self.expected, seen, deed)
        assert not fault, (deed, effects, said, fault)
        self._accept(deed, seen)
        return "killed" if outcome.killed else "done"

    def kill(self, deed: Deed, effects: int, again: int, *, fresh: bool) -> str:
        """Do something in a process that ends in the middle of it, and see that the next start mends it.

        Args:
            deed: what is done.
            effects: how much it may do before it ends.
            again: the same for the next start, which mends it; below 0 it is not killed too.
            fresh: go on in a new session instead of the one that has looked on.

        Returns:
            How it went: ``killed``, or as ``do``.
        """
        circumstances = self._circumstances()
        self._sound = False
        outcome = self._forker.do(self.world.root, deed, effects)
        if again >= 0:
            self._forker.do(self.world.root, Deed("recover"), again)
        if fresh:
            self._holdings.reopen()
            self.strangers.hypervisor = self._holdings.opened.hypervisor
        said = self._holdings.opened.recover()
        if not outcome.killed:
            return self._judge(deed, outcome, circumstances)
        if deed.verb == "in-place" and self._holdings.unfinished("intent"):
            self._finish_in_place(deed)
            return "killed"
        seen = self._holdings.see()
        fault = torn(self.expected, seen, deed)
        assert not fault, (deed, said, fault)
        self._accept(deed, seen)
        return "killed"

    def write(self, uuid: str, target: str, pattern: Pattern) -> None:
        """Let a guest write to one of its disks; not to one that others need as it is.

        Args:
            uuid, target: which disk.
            pattern: what, and where.
        """
        path, _ = self._holdings.disks(uuid)[target]
        if path not in self.strangers.needed():
            machine = write(path, target, self.expected.machines[uuid], pattern, self._holdings.contents)
            self.expected = self.expected.with_machine(uuid, machine)

    def touch(self, name: str, number: int) -> None:
        """Change the time stamp of an image of a version."""
        self.touches += 1
        image = self._holdings.first_image(name, number)
        status = Path(image).stat()
        os.utime(image, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
        for template in self._holdings.templates():
            for version in template.history:
                if image in {disk.image for disk in version.disks}:
                    self.drifted.add((template.name, version.number))

    def others_come(self, how: str, which: int, disk: str) -> None:
        """Let somebody make an overlay over an image of ours, or a machine that uses it."""
        images = self._holdings.images(self.expected)
        choices = [key for key in images if key[1] == disk and disk != NVRAM]
        if not choices:
            return
        path, kind = images[choices[which % len(choices)]]
        if how == "machine":
            self.strangers.use(path, kind)
        else:
            self.strangers.overlay(path, kind, here=how == "overlay here")
        self._footing = self._stand()

    def others_leave(self) -> None:
        """Take away what the others have made."""
        self.strangers.leave()
        self._footing = self._stand()

    def check(self) -> None:
        """See that everything is as it should be, and that there is nothing else."""
        self._sound = False
        fault = self._holdings.see().difference(self.expected)
        assert not fault, fault
        self.strangers.check()
        self._holdings.check_leftovers(self.strangers)
        self._sound = True

    def check_with_qemu(self) -> None:
        """See that QEMU reads what is expected too.

        Nothing is seen where something was found already: that fault is the one to be told.
        """
        if self._sound:
            self._holdings.contents.read_again()
            self.check()
            self._holdings.check_with_qemu(self.expected)

    def _finish_in_place(self, deed: Deed) -> None:
        """See that nothing can be made over images that were written in part, until they are written to the end."""
        opened, staging = self._holdings.opened, self.expected.staging(deed.template)
        assert self._holdings.see().machines[staging] == self.expected.machines[staging]
        for verb in ("clone", "commit", "discard", "delete", "prune"):
            outcome = do(opened, Deed(verb, deed.template, number=1))
            assert outcome.refused or verb == "prune", (verb, "although its images are written in part")
        outcome = do(opened, deed)
        assert not outcome.refused, outcome
        self._judge(deed, outcome, Circumstances(self.expected))

    def _judge(self, deed: Deed, outcome: Outcome, circumstances: Circumstances) -> str:
        """See that a deed was done, or refused for a reason, and return which."""
        seen = self._holdings.see()
        whole = bool(outcome.refused) and not outcome.machines
        wanted = self.expected if outcome.refused else after(self.expected, seen, deed, outcome)
        fault = seen.difference(wanted)
        assert not fault, (deed, outcome, fault)
        if whole:
            assert excuses(circumstances, deed, *deed.uuids[:1]), (deed, outcome)
        for uuid, why in outcome.machines.items():
            if uuid in deed.uuids:
                assert excuses(circumstances, deed, uuid), (deed, uuid, why)
        if deed.verb == "acknowledge":
            name, _, number = deed.template.partition("@v")
            self.drifted.discard((name, int(number)))
        self._accept(deed, seen)
        return "refused" if outcome.refused or outcome.machines else "done"

    def _accept(self, deed: Deed, seen: Sight) -> None:
        """Expect what was seen from now on; files that somebody stood on have to be those from before."""
        self.expected = seen
        footing = self._stand()
        if deed.verb not in _REPLACING:
            self._footing.check(footing)
        self._footing = footing
        self._sound = True
        self.drifted &= set(seen.versions)
        if deed.verb == "delete":  # images that others need are kept, and are theirs from then on
            self.strangers.files |= self.strangers.needed() & self.world.files() - self._holdings.files()

    def _stand(self) -> Footing:
        return footing_of(self._holdings, self.strangers, self.expected)

    def _circumstances(self) -> Circumstances:
        return circumstances_of(self._holdings, self.strangers, self.expected, self.drifted)

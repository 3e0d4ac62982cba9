"""Whatever is done to a catalogue in whatever order, it agrees with a plain dictionary."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.engine.ports.catalogue import Catalogue

from .catalogue_samples import Ask, template

NAMES = st.sampled_from(["alpine", "debian12", "z"])


class CatalogueModel(RuleBasedStateMachine):
    """Two handles on one catalogue against a dictionary of clones and a set of templates."""

    uuids = Bundle("uuids")

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory(prefix="catalogue-")
        self.handles = self.opened(Path(self.place.name))
        self.templates: set[str] = set()
        self.unfinished: set[str] = set()
        self.clones: dict[str, tuple[str, int, CloneStatus]] = {}

    def opened(self, place: Path) -> list[Catalogue]:
        return [SqliteCatalogue(place / "one.sqlite", place / "templates") for _ in range(2)]

    def teardown(self) -> None:
        for handle in self.handles:
            handle.close()
        self.place.cleanup()

    @rule(name=NAMES, handle=st.integers(0, 1))
    def add(self, name: str, handle: int) -> None:
        try:
            self.handles[handle].add_template(template(name))
        except TemplateError:
            assert name in self.templates
        else:
            assert name not in self.templates
            self.templates.add(name)
            self.unfinished -= {f"/images/{name}-swap.raw"}

    @rule(name=NAMES, handle=st.integers(0, 1))
    def remove(self, name: str, handle: int) -> None:
        used = {owner for owner, _, _ in self.clones.values()}
        try:
            self.handles[handle].remove_template(name, [f"/images/{name}-swap.raw"])
        except TemplateError:
            assert name not in self.templates or name in used
        else:
            assert name not in used
            self.templates.remove(name)
            self.unfinished |= {f"/images/{name}-swap.raw"}

    @rule(names=st.lists(NAMES, max_size=2), handle=st.integers(0, 1), begins=st.booleans())
    def at_files(self, names: list[str], handle: int, begins: bool) -> None:
        journal, paths = self.handles[handle].journal, [f"/images/{name}-swap.raw" for name in names]
        if begins:
            journal.note(paths)
            self.unfinished |= set(paths)
        else:
            journal.drop(paths)
            self.unfinished -= set(paths)

    @rule(target=uuids, name=NAMES, count=st.integers(0, 4), handle=st.integers(0, 1))
    def reserve(self, name: str, count: int, handle: int) -> object:
        used = {number for owner, number, _ in self.clones.values() if owner == name}
        try:
            records = self.handles[handle].reserve(Ask(name, count))
        except TemplateError:
            assert name not in self.templates
            return multiple()
        free = (number for number in range(1, 1000) if number not in used)
        assert [one.identity.number for one in records] == [next(free) for _ in range(count)]
        for one in records:
            self.clones[one.identity.uuid] = (name, one.identity.number, CloneStatus.MAKING)
        return multiple(*(one.identity.uuid for one in records))

    @rule(
        chosen=st.lists(uuids, max_size=5), handle=st.integers(0, 1), to=st.sampled_from(["ready", "removing", "gone"])
    )
    def change(self, chosen: list[str], handle: int, to: str) -> None:
        catalogue = self.handles[handle]
        {"ready": catalogue.mark_ready, "removing": catalogue.mark_removing, "gone": catalogue.forget}[to](chosen)
        for uuid in chosen:
            if to == "gone":
                self.clones.pop(uuid, None)
            elif uuid in self.clones:
                self.clones[uuid] = (*self.clones[uuid][:2], CloneStatus(to))

    @invariant()
    def agrees(self) -> None:
        for handle in self.handles:
            seen = {
                one.identity.uuid: (one.identity.template, one.identity.number, one.status) for one in handle.clones()
            }
            assert seen == self.clones
            assert {one.name for one in handle.templates()} == self.templates
            assert handle.abandoned() == []
            assert handle.journal.ours() == sorted(self.unfinished)
            assert handle.journal.take_over() == []


class MemoryModel(CatalogueModel):
    """The catalogue that stands in for the real one in tests and demonstrations keeps the same promises."""

    def opened(self, place: Path) -> list[Catalogue]:
        return [MemoryCatalogue()] * 2


TestCatalogueModel = CatalogueModel.TestCase
TestCatalogueModel.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestMemoryModel = MemoryModel.TestCase
TestMemoryModel.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)

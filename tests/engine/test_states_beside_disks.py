"""What clones get copies of beside their disks is watched like the images: firmware variables, the state of a TPM."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.domain.findings import Fate, FindingKind
from qq2clone_tui.domain.template import StateFile, Version
from qq2clone_tui.engine.images.drift import drift_of, refuse_drifted
from qq2clone_tui.engine.images.watch import VersionWatch
from qq2clone_tui.engine.templates.choices import Choices

from .check_lab import Lab, qemu_img

BOOT = "<loader readonly='yes' type='pflash'>/usr/share/x.fd</loader><nvram template='/usr/share/v.fd'>{}</nvram>"
TPM = "<tpm model='tpm-crb'><backend type='emulator'><source type='file' path='{}'/></backend></tpm>"


class World(Lab):
    """A template whose machine has firmware variables and a TPM, both in files that its XML names."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.variables, self.tpm = home / "bases" / "golden_VARS.fd", home / "bases" / "golden.tpm"
        self.variables.write_bytes(b"variables")
        self.tpm.write_bytes(b"keys")
        self.boot, self.more = BOOT.format(self.variables), TPM.format(self.tpm)

    def import_it(self, *, copy: bool = False) -> Version:
        """Import the template with the state of its TPM, and return its version."""
        self.session.import_template("/web.xml", "web", copy=copy, choices=Choices(options={"tpm": "copy"}))
        return self.version

    @property
    def version(self) -> Version:
        """The newest version as it is recorded."""
        return self.catalogue.template("web").newest

    def state(self, part: str = "firmware variables") -> StateFile:
        """Return what is noted of one of its files."""
        (found,) = (state for state in self.version.states if state.part == part)
        return found

    def stamp(self, path: str | Path) -> str:
        """Return a file's stamp as it is now."""
        facts = self.images.inspection.facts(str(path))
        assert facts is not None
        return facts.stamp

    def drift(self) -> tuple[str, ...]:
        """What the tree shows of the version."""
        watch = VersionWatch(self.images, self.catalogue)
        watch.look()
        return watch.current()["web", self.version.number].drift


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def test_a_template_imported_by_reference_knows_the_files_that_its_xml_names(world: World) -> None:
    version = world.import_it()
    assert {state.part: (state.image, state.owned) for state in version.states} == {
        "firmware variables": (str(world.variables), False),
        "tpm 1": (str(world.tpm), False),
    }
    assert all(state.stamp == world.stamp(state.image) for state in version.states)
    assert version.owned_files == ()


def test_a_copied_template_knows_its_own_files_and_none_of_the_originals(world: World) -> None:
    version = world.import_it(copy=True)
    assert {state.part for state in version.states} == {"firmware variables", "tpm 1"}
    assert {state.image for state in version.states} == set(version.firmware.values())
    assert all(state.owned and state.stamp == world.stamp(state.image) for state in version.states)
    world.variables.write_bytes(b"another machine's by now")
    assert world.drift() == ()


@pytest.mark.parametrize("copied", [False, True], ids=["foreign", "own"])
def test_a_changed_file_shows_in_the_tree_and_in_check_and_no_clone_begins_with_it(world: World, copied: bool) -> None:
    world.import_it(copy=copied)
    assert world.drift() == ()
    world.clone(1)
    path = Path(world.state().image)
    path.chmod(0o600)
    path.write_bytes(b"what somebody else wrote")
    path.chmod(0o444)
    (clause,) = world.drift()
    assert str(path) in clause
    with pytest.raises(AccessError) as refused:
        world.session.plan_clone("web", 1)
    assert str(path) in refused.value.why
    assert "modify-template web@v1 acknowledge-image" in refused.value.remedy
    finding = world.only(world.check())
    assert (finding.kind, finding.subject) == (FindingKind.CHANGED_IMAGE, str(path))
    assert "acknowledge-image" in finding.remedy
    assert world.session.versions.acknowledge("web@v1") == (clause,)
    assert (world.drift(), world.check().findings) == ((), ())
    world.session.plan_clone("web", 1, dry_run=True)


def test_a_changed_tpm_is_noticed_as_well(world: World) -> None:
    world.import_it()
    world.tpm.write_bytes(b"other keys")
    (clause,) = world.drift()
    assert str(world.tpm) in clause


def test_disks_of_machines_that_exist_can_be_made_though_the_variables_changed(world: World) -> None:
    world.import_it()
    world.variables.write_bytes(b"other")
    tools, template = world.session.uses._tools, world.catalogue.template("web")
    refuse_drifted(tools, template)  # of a reset: the machine keeps the copy it has
    with pytest.raises(AccessError, match="cannot make clones of the version"):
        refuse_drifted(tools, template, beside=True)


def test_a_missing_file_shows_in_the_tree_and_cannot_be_acknowledged(world: World) -> None:
    world.import_it()
    kept = world.variables.read_bytes()
    world.variables.unlink()
    (clause,) = world.drift()
    assert clause == f"{world.variables} is missing"
    assert world.only(world.check()).kind is FindingKind.MISSING_IMAGE
    with pytest.raises(AccessError, match="missing"):
        world.session.versions.acknowledge("web")
    world.variables.write_bytes(kept)
    assert "is another file" in world.drift()[0] or "was written to" in world.drift()[0]
    world.session.versions.acknowledge("web")
    assert world.drift() == ()


def test_a_link_to_nothing_is_missing_and_cannot_be_acknowledged(world: World) -> None:
    world.import_it()
    world.variables.unlink()
    world.variables.symlink_to(world.variables.with_name("nowhere"))
    assert world.drift() == (f"{world.variables} is missing",)
    with pytest.raises(AccessError, match="missing"):
        world.session.versions.acknowledge("web")


def test_a_file_that_cannot_be_looked_at_is_not_called_missing(world: World) -> None:
    directory = world.variables.parent / "firmware"
    directory.mkdir()
    world.variables = world.variables.rename(directory / "golden_VARS.fd")
    world.boot = BOOT.format(world.variables)
    world.import_it()
    directory.rename(directory.with_name("elsewhere"))
    directory.symlink_to(directory)  # a loop: no rights are needed to be refused a look
    with pytest.raises(AccessError) as refused:
        world.session.versions.acknowledge("web")
    assert "missing" not in refused.value.paragraph()
    assert str(world.variables) in refused.value.paragraph()


def test_a_machine_that_runs_on_the_variables_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.import_it()
    monkeypatch.setattr(world.images, "written", lambda path: path == str(world.variables))
    assert any("open for writing" in clause for clause in world.drift())
    with pytest.raises(AccessError, match="open for writing"):
        world.session.plan_clone("web", 1)
    with pytest.raises(BadArgument, match="open for writing"):
        world.session.versions.acknowledge("web")
    assert world.only(world.check()).kind is FindingKind.WRITTEN_IMAGE


def test_digests_of_all_of_them_are_recorded_and_tell_the_same_bytes_from_others(world: World) -> None:
    world.import_it()
    none = lambda *_: None  # noqa: E731
    assert world.session.versions.record_digests("web", none, lambda: False) == 2
    assert world.state().digest == hashlib.sha256(b"variables").hexdigest()
    assert world.session.versions.lacking_digests() == []
    os.utime(world.variables)
    finding = world.only(world.check(digests=True))
    assert (finding.fate, world.state().stamp) == (Fate.MENDED, world.stamp(world.variables))
    before = world.variables.stat().st_mtime_ns
    world.variables.write_bytes(b"VARIABLES")
    os.utime(world.variables, ns=(before, before))
    assert world.drift() == (), "size, time and inode are what they were"
    finding = world.only(world.check(digests=True))
    assert (finding.kind, finding.subject) == (FindingKind.CHANGED_IMAGE, str(world.variables))
    assert "its bytes are not those it had" in finding.why


def test_a_changed_file_gets_no_digest_of_what_it_has_become(world: World) -> None:
    world.import_it()
    world.variables.write_bytes(b"other")
    world.session.versions.record_digests("web", lambda *_: None, lambda: False)
    assert (world.state().digest, world.state("tpm 1").digest) != ("", "")
    assert world.state().digest == ""
    assert world.drift() != ()


def test_what_nobody_had_noted_is_noted_by_a_check_and_watched_from_then_on(world: World) -> None:
    world.import_it()
    world.catalogue.versions.replace_states("web", 1, ())  # as in a catalogue of an older release
    assert world.drift() == ()
    assert world.check(mend=False).findings == ()
    assert world.catalogue.template("web").states == ()
    assert world.check().findings == ()
    assert {state.part for state in world.version.states} == {"firmware variables", "tpm 1"}
    world.variables.write_bytes(b"other")
    assert world.drift() != ()


def test_own_files_of_an_older_catalogue_get_stamp_and_digest(world: World) -> None:
    before = world.import_it(copy=True)
    world.catalogue.versions.replace_states("web", 1, ())
    assert {state.image for state in world.version.beside} == set(before.firmware.values())
    assert world.session.versions.record_digests("web", lambda *_: None, lambda: False) > 0
    assert [(state.image, state.stamp) for state in world.version.states] == [
        (state.image, state.stamp) for state in before.states
    ]
    assert all(state.digest for state in world.version.states)


def test_a_copy_of_a_template_has_sealed_files_of_its_own_and_watches_the_foreign_ones(world: World) -> None:
    world.import_it(copy=True)
    world.session.naming.copy("web", "lab")
    first, second = world.version, world.catalogue.template("lab").newest
    assert {state.part for state in second.states} == {state.part for state in first.states}
    assert not {state.image for state in second.states} & {state.image for state in first.states}
    for state in second.states:
        assert (state.owned, state.stamp) == (True, world.stamp(state.image))
        assert Path(state.image).stat().st_mode & 0o777 == 0o444
    assert world.check().findings == ()


def test_a_template_whose_files_changed_is_not_copied(world: World) -> None:
    world.import_it(copy=True)
    path = Path(world.state().image)
    path.chmod(0o600)
    path.write_bytes(b"other")
    with pytest.raises(AccessError, match="cannot copy the template"):
        world.session.naming.copy("web", "lab")
    assert [each.name for each in world.catalogue.templates()] == ["web"]


def test_a_file_that_a_version_watches_counts_as_used_by_it(world: World) -> None:
    world.import_it()
    users = world.session.uses._tools.index.graph().direct_users(str(world.variables))
    assert [str(user) for user in users if user.ident == "web@v1"]


def test_a_version_that_is_found_again_is_watched_again(world: World) -> None:
    world.more = ""
    before = world.import_it(copy=True).states
    world.clone(1)
    world.lose_catalogue()
    assert world.check().exit_code == 0
    assert world.version.states == before


def test_files_out_of_reach_are_not_said_to_be_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.import_it()
    monkeypatch.setattr(world.images, "inspection", None)
    assert drift_of(world.images, [StateFile("firmware variables", "/var/lib/elsewhere_VARS.fd")]) == ()


def test_a_machine_without_any_of_this_has_nothing_noted(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    assert lab.template().newest.states == ()
    assert lab.session.versions.lacking_digests() == []
    lab.close()


def test_a_disk_image_beside_is_not_taken_for_a_state(world: World) -> None:
    qemu_img("create", "-q", "-f", "qcow2", world.bases / "other.qcow2", "1M")
    world.images.check_ready()
    world.images.create(ImageSpec(f"{world.place}/x_VARS.fd", ImageKind.FILE, base=str(world.variables)))
    version = world.import_it()
    assert len(version.states) == 2


def test_a_copy_of_a_template_that_cannot_be_made_whole_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.import_it(copy=True)
    before, made, make = set(Path(world.images.place).iterdir()), list[str](), world.images.create

    def create(spec: ImageSpec) -> None:
        if made:
            raise AccessError("cannot make the image", subject=spec.path, why="No space left on device")
        make(spec)
        made.append(spec.path)

    monkeypatch.setattr(world.images, "create", create)
    with pytest.raises(AccessError, match="cannot make the image"):
        world.session.naming.copy("web", "second")
    assert len(made) == 1
    assert set(Path(world.images.place).iterdir()) == before
    assert not world.catalogue.journal.ours()
    monkeypatch.undo()
    world.session.naming.copy("web", "second")
    assert len(set(Path(world.images.place).iterdir()) - before) == 2

"""A base that others have changed is noticed before anything is made over it."""

import os
from pathlib import Path

import pytest

from qq2clone_tui.domain.states import PowerVerb
from tests.adapters.image_files import chain

from .disk_lab import MIB, Disk, DiskLab, image, write_pattern

OWN = 2 * MIB

REFUSED = {10, 12, 18}
"""A clone is not made for want of a sound base; a machine that exists is left out of a plan."""

EVERYTHING_THAT_NEEDS_THE_BASE = pytest.mark.parametrize(
    "line",
    [
        "clone 1 -t web",
        "reset 1 -t web --yes",
        "modify-template web prepare-image --no-run",
    ],
)


class TestBase:
    """An image that clones stand on, changed by others."""

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_written_it_is_refused_until_acknowledged(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        write_pattern(base, 0x99)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        lab.type("modify-template web acknowledge-image --yes")
        lab.type(line)

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_replaced_by_another_file_it_is_refused(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        other = image(lab.bases / "other.qcow2", 0x11)
        times = base.stat()
        os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
        other.rename(base)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_cut_off_it_is_refused_and_cannot_be_acknowledged(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        with base.open("r+b") as file:
            file.truncate(base.stat().st_size // 2)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        refused = lab.type("modify-template web acknowledge-image --yes", code=18)
        assert str(base) in refused.err

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_moved_away_it_is_refused_and_back_again_all_is_well(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        away = base.rename(base.with_name("away.qcow2"))
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        lab.type("modify-template web acknowledge-image --yes", code=None)
        lab.type("list-templates -v")
        away.rename(base)
        lab.type(line)

    @EVERYTHING_THAT_NEEDS_THE_BASE
    @pytest.mark.parametrize("promoted", [False, True])
    def test_written_below_what_stands_on_it_it_is_refused_there_too(
        self, lab: DiskLab, line: str, promoted: bool
    ) -> None:
        base = lab.simple()
        lab.commit("web", 0x22, OWN)
        lab.type("clone 1 -t web")
        if promoted:
            lab.type("promote 1 fresh -t web --yes")
            lab.type("clone 1 -t fresh")
            line = line.replace("web", "fresh")
        write_pattern(base, 0x99)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        assert "modify-template web@v1 acknowledge-image" in refused.err
        lab.type("modify-template web@v1 acknowledge-image --yes")
        lab.type(line)

    def test_in_use_by_a_machine_that_was_started_behind_our_back_it_is_refused(self, lab: DiskLab) -> None:
        base = lab.simple()
        lab.host.define(lab.machine("source", Disk(base)).read_text())
        lab.power(PowerVerb.START, "source")
        refused = lab.type("clone 1 -t web", code=10)
        assert str(base) in refused.err
        assert "the machine source" in refused.err
        lab.power(PowerVerb.DESTROY, "source")
        lab.type("clone 1 -t web", code=None)

    def test_a_link_to_it_that_leads_elsewhere_by_now_is_noticed(self, lab: DiskLab) -> None:
        first, second = (image(lab.bases / f"{name}.qcow2", 0x11) for name in ("first", "second"))
        base = lab.bases / "web.qcow2"
        base.symlink_to(first)
        lab.template("web", Disk(base))
        lab.type("clone 1 -t web")
        base.unlink()
        base.symlink_to(second)
        assert str(base) in lab.type("clone 1 -t web", code=10).err

    def test_a_clone_whose_own_version_is_sound_is_reset_whatever_became_of_another(self, lab: DiskLab) -> None:
        lab.simple(options="--copy")
        lab.commit("web", 0x22)
        lab.type("clone 1 -t web@v1")
        lab.type("clone 1 -t web")
        second = Path(chain(lab.disk("web-2"))[1]["filename"])
        second.chmod(0o600)
        write_pattern(second, 0x99)
        lab.type("reset 1 -t web --yes")
        for line in ("reset 2", "upgrade 1"):
            assert str(second) in lab.type(f"{line} -t web --yes", code=12).err
        lab.type("clone 1 -t web@v1")

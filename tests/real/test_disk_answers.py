"""What cannot be done with versions is answered with one code and one paragraph, and changes nothing."""

import json
from pathlib import Path

import pytest

from tests.adapters.image_files import digest

from .disk_lab import Disk, DiskLab, image

ANSWERS: dict[str, tuple[int, str]] = {
    "modify-template nothing prepare-image": (13, "nothing"),
    "modify-template web commit-image": (12, "prepare-image"),
    "modify-template web discard-image --yes": (12, "no staging machine"),
    "modify-template web destroy-image --yes": (12, "no staging machine"),
    "modify-template web discard-image --dry-run": (12, "no staging machine"),
    "modify-template web@v1 prepare-image": (12, "Say: qq2clone modify-template web prepare-image"),
    "modify-template web note": (12, "text"),
    "modify-template web@v9 note x": (13, "it has v1, v2"),
    "clone 1 -t web@v9": (13, "it has v1, v2"),
    "clone 1 -t web@": (13, "debian@v3"),
    "upgrade 1 -t web --to v9 --yes": (13, "it has v1, v2"),
    "upgrade 1 -t web --to x --yes": (13, "'x' is no version"),
    "upgrade 1 -t web --yes": (12, "stands on v2 already"),
    "reset 9 -t web --yes": (12, "no existing machine"),
    "reset 1 -t web@v1 --yes": (12, "no machines"),
    "rm all -t web@v1 --yes": (12, "no machines"),
    "detach 2 -t web --yes": (12, "shut it down first"),
    "promote 2 fresh -t web --yes": (12, "Shut it down first"),
    "promote 1 web -t web --yes": (13, "there is a template of that name"),
    "promote 1-2 fresh -t web --yes": (12, "one"),
    "promote 1 'a b' -t web --yes": (13, "a b"),
    "delete-template web --yes": (13, "2 clones"),
    "delete-template web@v1 --yes": (13, "prune"),
    "prune web@v2 --yes": (13, "newest"),
    "uses nothing": (13, "nothing"),
    "uses web@v9": (13, "it has v1, v2"),
    "uses /no/such/file": (10, "/no/such/file"),
}
"""What is typed, the code, and a part of what is said."""

CHANGES = [
    "reset 1",
    "upgrade 1 --to v1",
    "detach 1",
    "promote 1 fresh",
    "promote 1 fresh --keep",
    "clone 2 --ephemeral",
]
"""Lines that change clones, unless they are only tried."""


@pytest.fixture
def two(lab: DiskLab) -> DiskLab:
    """A template with two versions and two clones of the newest, of which the second runs."""
    lab.simple()
    lab.commit("web", 0x22)
    lab.type("clone 2 -t web")
    lab.type("start 2 -t web")
    return lab


def everything(lab: DiskLab) -> tuple[set[str], dict[str, str]]:
    """Return all machines, and all files with what they hold."""
    return lab.names(), {path.name: digest(path) for path in lab.images.iterdir() if path.name != "web-2.vda.qcow2"}


def test_every_refusal_has_its_code_and_says_why(two: DiskLab) -> None:
    before = everything(two)
    for line, (code, said) in ANSWERS.items():
        told = two.type(line, code=code)
        assert said in told.err, (line, told.err)
        assert told.out == "", line
        assert len([each for each in told.err.splitlines() if each.startswith("qq2clone: ")]) == 1, (line, told.err)
        answer = json.loads(two.type(f"{line} --json", code=code).out)
        assert said in json.dumps(answer, ensure_ascii=False) or said in json.dumps(answer), (line, answer)
        assert everything(two) == before, line


STAGING = ["prepare-image", "commit-image", "discard-image", "destroy-image", "note text", "acknowledge-image"]
"""What is done to a template, unless it is only tried."""


def test_what_is_only_tried_with_a_staging_machine_changes_nothing(two: DiskLab) -> None:
    two.prepare("web")
    before = everything(two)
    for line in STAGING:
        assert json.loads(two.type(f"modify-template web {line} --dry-run --json").out)["template"] == "web", line
        two.type(f"modify-template web {line} --dry-run")
        assert everything(two) == before, line


@pytest.mark.parametrize("more", ["", " --json"])
def test_what_is_only_tried_changes_nothing_and_names_the_files(two: DiskLab, more: str) -> None:
    before = everything(two)
    for line in CHANGES:
        told = two.type(f"{line} -t web --dry-run{more}")
        assert ".qcow2" in told.out, (line, told.out)
        assert not more or json.loads(told.out)["schema"] == 1
        assert everything(two) == before, line


def test_quieter_says_nothing_of_what_went_well(two: DiskLab) -> None:
    for line in ("reset 1 -t web", "upgrade 1 --to v1 -t web", "detach 1 -t web", "promote 1 fresh -t web"):
        told = two.type(f"{line} -Q --yes")
        assert told.out + told.err == "", line


def test_an_image_that_is_nobodys_is_shown_with_what_stands_on_it(lab: DiskLab) -> None:
    lab.simple()
    base = image(lab.home / "elsewhere" / "base.qcow2", 0x11)
    overlay = image(lab.home / "elsewhere" / "over.qcow2", 0x22, base=base)
    told = lab.type(f"uses {base}")
    assert str(overlay) in told.out
    assert "cannot be seen" not in told.out
    lab.host.define(lab.machine("stranger", Disk(overlay)).read_text())
    assert "stranger" in lab.type(f"uses {base}").out
    Path(overlay).unlink()
    assert "stranger" in lab.type(f"uses {overlay}").out

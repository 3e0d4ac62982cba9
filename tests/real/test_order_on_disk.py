"""Whatever a power cut leaves can be put right: each thing is on the disk before the next one that relies on it."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.images.local import LocalImages
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor

from .disk_lab import DiskLab, write_pattern


class Recorder:
    """Notes in which order things are done, of all threads.

    Attributes:
        seen: what was done, as ``sync NAME``, ``make NAME``, ``delete NAME``, ``define`` and ``undefine``.
    """

    def __init__(self, lab: DiskLab, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self.intents: list[tuple[str, ...]] = []
        self._lab = lab
        self._patch = monkeypatch
        self._wrap(os, "fsync", self._sync)
        self._wrap(LocalImages, "create", lambda _, spec: f"make {Path(spec.path).name}")
        self._wrap(LocalImages, "delete", lambda _, path: f"delete {Path(path).name}")
        self._wrap(LibvirtHypervisor, "define", lambda *_: "define")
        self._wrap(LibvirtHypervisor, "undefine", lambda *_: "undefine")

    def _wrap(self, owner: Any, name: str, told: Callable[..., str]) -> None:
        before = getattr(owner, name)

        def noted(*values: Any, **named: Any) -> Any:
            what = told(*values)
            if what.startswith("sync"):
                done = before(*values, **named)
                self.seen.append(what)  # it counts once it is over
                return done
            self.seen.append(what)
            return before(*values, **named)

        self._patch.setattr(owner, name, noted)

    def _sync(self, descriptor: int) -> str:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.name.endswith("-wal"):
            self.intents.append(self._undertaken(path))
            return f"sync log {len(self.intents) - 1}"
        return f"sync {path.name}"

    def _undertaken(self, log: Path) -> tuple[str, ...]:
        """Return the kinds of what is undertaken, in the log that is about to be synced."""
        with sqlite3.connect(f"file:{log.with_name(log.name.removesuffix('-wal'))}?mode=ro", uri=True) as database:
            return tuple(kind for (kind,) in database.execute("SELECT kind FROM intent"))

    def at(self, what: str) -> int:
        """Return when something was done first."""
        return self.seen.index(what)

    def intent(self, kind: str) -> int:
        """Return when the log with an undertaking was on the disk."""
        number = next(at for at, kinds in enumerate(self.intents) if kind in kinds)
        return self.at(f"sync log {number}")


@pytest.fixture
def recorder(lab: DiskLab, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    lab.simple()
    lab.type("clone 1 -t web")
    return Recorder(lab, monkeypatch)


@pytest.mark.parametrize("verb", ["reset 1 -t web --yes", "detach 1 -t web --yes"])
def test_a_machine_gets_other_disks_step_by_step(lab: DiskLab, recorder: Recorder, verb: str) -> None:
    old = lab.disk("web-1").name
    lab.type(verb)
    new = lab.disk("web-1").name
    steps = [
        recorder.intent("swap"),
        recorder.at(f"make {new}"),
        recorder.at(f"sync {new}"),
        recorder.at("sync images"),
        recorder.at("define"),
        recorder.at("sync qemu"),
        recorder.at(f"delete {old}"),
    ]
    assert steps == sorted(steps), recorder.seen


def test_a_staging_machine_becomes_a_version_step_by_step(lab: DiskLab, recorder: Recorder) -> None:
    staging = lab.prepare("web")
    write_pattern(lab.disk(staging), 0x22)
    image = lab.disk(staging).name
    recorder.seen.clear()
    recorder.intents.clear()
    lab.type("modify-template web commit-image")
    last = max(at for at, what in enumerate(recorder.seen) if what.startswith("sync log"))
    steps = [
        recorder.intent("commit"),
        recorder.at("undefine"),
        recorder.at("sync qemu"),
        recorder.at(f"sync {image}"),
        last,
    ]
    assert steps == sorted(steps), recorder.seen
    assert len(set(steps)) == len(steps)
    assert recorder.intents[-1] == (), "the version and the end of the undertaking came in one"


def test_a_clone_is_whole_on_the_disk_before_it_is_said_to_be(lab: DiskLab, recorder: Recorder) -> None:
    lab.type("clone 1 -t web")
    image = lab.disk("web-2").name
    logs = [at for at, what in enumerate(recorder.seen) if what.startswith("sync log")]
    assert min(logs) < recorder.at(f"make {image}") < recorder.at(f"sync {image}") < max(logs), recorder.seen


def test_versions_go_step_by_step(lab: DiskLab, recorder: Recorder) -> None:
    for pattern in (0x22, 0x33):
        lab.commit("web", pattern)
    versions = sorted(lab.listed("web")["versions"], key=lambda each: int(each["number"]))
    below, top = (Path(each["disks"][0]["image"]).name for each in versions[1:])
    recorder.seen.clear()
    recorder.intents.clear()
    lab.type("prune web --yes")
    made = next(what.removeprefix("sync ") for what in recorder.seen if ".merged" in what)
    forgotten = next(
        at for at, what in enumerate(recorder.seen) if what.startswith("sync log") and at > recorder.at(f"sync {made}")
    )
    places = [at for at, what in enumerate(recorder.seen) if what == "sync images" and at > forgotten]
    steps = [
        recorder.intent("merge"),
        recorder.at(f"sync {made}"),
        forgotten,
        places[0],
        recorder.at(f"delete {below}"),
    ]
    assert steps == sorted(steps), recorder.seen
    assert (lab.images / top).exists()

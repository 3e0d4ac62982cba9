"""Whatever was done to machines, records and files: a check loses no byte, and what it mended stays mended."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qq2clone_tui.domain.findings import Fate

from .check_lab import Lab, qemu_img


def _undefine(lab: Lab, number: int) -> None:
    for domain in lab.hypervisor.list_domains():
        if domain.name == f"web-{number}":
            lab.hypervisor.undefine(domain.uuid)


def _forget(lab: Lab, number: int) -> None:
    lab.catalogue.forget([one.identity.uuid for one in lab.catalogue.clones() if one.identity.number == number])


def _delete(lab: Lab, number: int) -> None:
    lab.file(number).unlink(missing_ok=True)


def _rebase(lab: Lab, number: int) -> None:
    if lab.file(number).exists():
        qemu_img("rebase", "-u", "-b", "", lab.file(number))


def _write(lab: Lab, number: int) -> None:
    path = _image(lab, number)
    if path.exists():
        path.chmod(0o644)
        path.write_bytes(path.read_bytes() + bytes(512))


def _touch(lab: Lab, number: int) -> None:
    if _image(lab, number).exists():
        os.utime(_image(lab, number), ns=(number, number))


def _open_up(lab: Lab, number: int) -> None:
    if _image(lab, number).exists():
        _image(lab, number).chmod(0o666)


def _move(lab: Lab, number: int) -> None:
    if _image(lab, number).exists():
        _image(lab, number).rename(lab.place / f"moved-{number}")


def _lose(lab: Lab, number: int) -> None:
    lab.lose_catalogue(and_xml=number == 1)


def _copy(lab: Lab, number: int) -> None:
    if lab.file(number).exists():
        shutil.copy(lab.file(number), lab.place / f"web-{number + 50}.vda.qcow2")


def _image(lab: Lab, number: int) -> Path:
    return lab.place / ("web.vda.base.qcow2" if number == 1 else "web.v2.vda.qcow2")


DAMAGE: Mapping[str, Callable[[Lab, int], None]] = {
    "undefine": _undefine, "forget": _forget, "delete": _delete, "rebase": _rebase, "write": _write, "touch": _touch,
    "open up": _open_up, "move": _move, "lose": _lose, "copy": _copy,
}  # fmt: skip


def bytes_of(lab: Lab) -> dict[Path, str]:
    """Return the digest of every file that is not a record."""
    found = [path for place in (lab.place, lab.bases) for path in place.iterdir()]
    return {path: sha256(path.read_bytes()).hexdigest() for path in found}


@given(
    damage=st.lists(st.tuples(st.sampled_from(sorted(DAMAGE)), st.integers(1, 2)), min_size=1, max_size=5),
    consent=st.booleans(),
    digests=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_is_lost_and_what_was_mended_is_found_no_more(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[str, int]], consent: bool, digests: bool
) -> None:
    with closing(Lab(tmp_path_factory.mktemp("lab"))) as lab:
        lab.template(copy=True)
        lab.clone(1)
        lab.next_version()
        lab.clone(2)
        lab.check(digests=digests)
        for what, number in damage:
            DAMAGE[what](lab, number)
        before, machines = bytes_of(lab), lab.hypervisor.list_domains()
        looked = lab.check(mend=False, consent=consent, digests=digests)
        assert Fate.MENDED not in {one.fate for one in looked.findings}
        report = lab.check(consent=consent, digests=digests)
        assert {one.fate for one in report.findings} <= {Fate.MENDED, Fate.OPEN, Fate.NEEDS_CONSENT}
        assert bytes_of(lab) == before
        assert set(machines) <= set(lab.hypervisor.list_domains())
        again = lab.check(consent=consent, digests=digests)
        assert [one for one in again.findings if one.fate is Fate.MENDED] == []
        assert (again.exit_code == 0) == (not again.findings)

"""What versions, the staging machine and drift look like, and what is asked about them."""

from collections.abc import Callable

import pytest

from qq2clone_tui.domain.states import DomainState

from .screenshots import SCENES, Scene, asked
from .test_looks import SIZES, Compare, looks_the_same
from .versions_fleet import STAGED, VersionedFleet

__all__ = ["looks_the_same"]

_DEBIAN = ("shift+tab", *"jjjjj")
_STAGING = (*_DEBIAN, *"jjjj")


def _staged() -> VersionedFleet:
    return VersionedFleet().stage()


def _running() -> VersionedFleet:
    fleet = _staged()
    uuid = next(domain.uuid for domain in fleet.hypervisor.list_domains() if domain.name == STAGED)
    fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    return fleet


@SIZES
class TestTree:
    def test_a_version_and_its_clones(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["versions"])

    def test_the_staging_machine_alone(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(_STAGING, _running))

    def test_a_version_that_drifted(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("shift+tab", "G", "k", "k"), _staged))

    def test_closed_templates_still_tell_of_drift_and_staging(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("shift+tab", "G", "left", *"kkkkkkkk", "left"), _staged))


@SIZES
class TestNextVersion:
    def test_what_can_be_done(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["next-version"])

    def test_what_can_be_done_while_it_runs(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_DEBIAN, "y"), _running, asked))

    def test_without_a_staging_machine(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("shift+tab", "j", "y"), _staged, asked))

    def test_commit(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_DEBIAN, "y", "c"), _staged, asked))

    def test_discard(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_DEBIAN, "y", "d"), _staged, asked))

    def test_force_off(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_DEBIAN, "y", "f"), _running, asked))

    def test_drift_to_acknowledge(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["drift"])


@pytest.mark.parametrize("size", [(100, 30)], ids=["100x30"])
class TestThemes:
    @pytest.mark.parametrize("theme", ["light", "contrast", "ansi", "mono"])
    def test_theme(self, looks_the_same: Callable[..., bool], theme: str) -> None:
        assert looks_the_same(Scene((*_DEBIAN, "j"), _staged), theme=theme)

"""What it looks like when versions are about to go."""

from .fleet import StagedFleet
from .pruning_fleet import TO_ZABBIX, pruning_fleet
from .screenshots import SCENES, Scene, asked
from .test_looks import SIZES, Compare, looks_the_same

__all__ = ["looks_the_same"]


@SIZES
class TestPruning:
    def test_versions_that_nobody_needs(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["prune"])

    def test_chains_that_are_too_deep(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*TO_ZABBIX, "Y"), pruning_fleet, asked, ("tab",)))

    def test_all_templates(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*TO_ZABBIX, "Y"), pruning_fleet, asked, ("tab", "tab")))

    def test_nothing_can_go(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("Y",), lambda: StagedFleet().stage(), asked))

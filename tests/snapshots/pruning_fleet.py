"""Build the fleet with a template whose versions nobody needs any more."""

from dataclasses import replace

from qq2clone_tui.domain.states import DomainState
from tests.engine.version_samples import add_versions

from .fleet import StagedFleet

__all__ = ["TO_ZABBIX", "pruning_fleet"]

TO_ZABBIX = ("shift+tab", "G", *"kkkkkkkkkkkkk", "enter")
"""Keys that choose the template in the tree: it is the last, with eleven versions and two states below it."""


def pruning_fleet(versions: int = 11) -> StagedFleet:
    """Return the staged fleet with a template zabbix: two clones are of an old version, and its chains are deep."""
    fleet = StagedFleet().stage()
    template = add_versions(fleet, "zabbix", versions)
    fleet.add_clones(template, (DomainState.RUNNING, DomainState.OFF))
    records = fleet.catalogue.clones("zabbix")
    old = template.at(4)
    fleet.catalogue.restore([replace(one, identity=replace(one.identity, version=4)) for one in records])
    for record in records:
        facts = fleet.images.facts[record.files[0]]
        fleet.images.facts[record.files[0]] = replace(facts, backing=old.disks[0].image)
    return fleet

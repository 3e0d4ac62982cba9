"""Carry out a check: look at everything in order, mend what can be mended, and report."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from qq2clone_tui.domain.findings import CheckReport, CheckWish, Finding
from qq2clone_tui.domain.reference import parse_reference
from qq2clone_tui.engine.tools import Tools

from .adoption import unrecorded_clones
from .digests import Tally, judged, to_read
from .images import Examined, images_of_versions
from .kept_states import kept_states
from .machines import disks, lost_machines
from .orphans import orphan_files
from .scene import Scene, SetOut, gather
from .templates import unusable_templates
from .unfinished import unfinished_work

__all__ = ["Checking", "Heard"]

Heard = Callable[[str, int, int], object]
"""Is told what is being done, and how many bytes of how many are done, 0 of 0 where that does not count."""


class Checking:
    """Finds what is wrong, and mends it.

    Args:
        tools: the adapters.
        changed: called after something may have been mended.
    """

    def __init__(self, tools: Tools, changed: Callable[[], object]) -> None:
        self._tools = tools
        self._changed = changed

    def run(
        self,
        wish: CheckWish,
        heard: Heard = lambda *_: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> CheckReport:
        """Return what is wrong, or was until it was mended; may take long with digests.

        Args:
            wish: what is to be checked, and what may be done.
            heard: see ``Heard``; called from this thread.
            stopped: tells whether to end early; asked often.

        Raises:
            TemplateError: there is no template of the name to look at, nor anything that is left of one.
            HypervisorError, AccessError: hypervisor or catalogue cannot be asked.
        """
        out = SetOut(wish, parse_reference(wish.template) if wish.template else None, heard, stopped)
        try:
            return _looked(self._tools, out)
        finally:
            if wish.mend or wish.record:
                self._changed()


def _looked(tools: Tools, out: SetOut) -> CheckReport:
    findings: list[Finding] = []
    examined: list[Examined] = []
    out.heard("looking for unfinished work", 0, 0)
    findings += unfinished_work(tools, out)
    out.heard("reading machines and images", 0, 0)
    scene = gather(tools, out)
    findings += _until_stopped(out, "looking for lost records", unrecorded_clones(scene))
    if findings and out.wish.mend:
        scene = gather(tools, out)  # what came back into the catalogue is looked at as well
    _refuse_unknown(scene, findings)
    findings += _until_stopped(out, "looking for lost machines", lost_machines(scene))
    findings += _until_stopped(out, "looking at templates", unusable_templates(scene))
    findings += _until_stopped(out, "looking at disks", disks(scene))
    findings += _until_stopped(out, "looking at checkpoints", kept_states(scene))
    findings += _until_stopped(out, "looking at images", images_of_versions(scene, examined))
    tally = Tally(to_read(scene, examined))
    findings += _until_stopped(out, "looking at images", judged(scene, examined, tally))
    findings += _until_stopped(out, "looking for orphan files", orphan_files(scene))
    return CheckReport(
        tuple(findings),
        machines=sum(1 for record in scene.records.values() if out.covers(record.identity.template)),
        templates=sum(1 for template in scene.templates if out.covers(template.name)),
        files=sum(1 for image in scene.graph if image.there),
        digests=len(tally.digests),
        interrupted=out.stopped(),
    )


def _until_stopped(out: SetOut, doing: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    out.heard(doing, 0, 0)
    for finding in findings:
        yield finding
        if out.stopped():
            return


def _refuse_unknown(scene: Scene, findings: Sequence[Finding]) -> None:
    """Raise when the template to look at is none, and nothing that is left of one was found."""
    reference = scene.out.reference
    if reference is None or any(finding.template == reference.name for finding in findings):
        return
    scene.tools.catalogue.template(reference.name).at(reference.version)

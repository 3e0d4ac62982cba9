"""Look after jobs: the ledger, retrying what failed, cancelling."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.job import Ledger

from ..screens.jobs import JobsScreen
from .plans import Plans

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["JobActions"]


class JobActions:
    """Carries out the commands of the noun ``jobs``."""

    def __init__(self, main: "MainScreen", plans: Plans) -> None:
        self._main = main
        self._plans = plans

    def ledger(self) -> None:
        """Show every job."""
        self._main.qq.push_screen(JobsScreen(self._main, self))

    def retry(self, ledger: Ledger | None = None) -> None:
        """Do the failed machines of a job again; without one, of the newest."""
        session, job = self._main.qq.session, self._chosen(ledger)
        self._plans.decide("planning retry", lambda: session.jobs.retry_plan(job))

    def cancel(self, ledger: Ledger | None = None) -> None:
        """Let running machines finish and skip the rest."""
        session, job = self._main.qq.session, self._chosen(ledger)
        self._main.qq.errands.run("", lambda: session.jobs.cancel(job), lambda _: self._main.show_jobs())
        self._main.flash(f"Job {job}: no further machine begins; those under way finish.")

    def _chosen(self, ledger: Ledger | None) -> int:
        return (ledger or self._main.qq.session.jobs.history[-1]).job

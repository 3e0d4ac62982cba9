"""Set up sessions of the real product in a directory of their own, and leave nothing of them."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.bootstrap import Options, open_session
from qq2clone_tui.domain.job import Ledger
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.engine.session import Session

__all__ = ["Stage", "run", "scratch", "staged"]

TEMPLATE = "bench"


@dataclass(frozen=True)
class Stage:
    """A session with the sample template, on one hypervisor.

    Args:
        name: what the hypervisor is called in the table.
        session: the product, as its own composition root puts it together.
        options: what opens the same once more.
        arguments: options that make the command line and the full-screen app open the same.
    """

    name: str
    session: Session
    options: Options
    arguments: tuple[str, ...]


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a fresh directory that QEMU may enter whoever runs it, on the disk that /var/tmp is on."""
    directory = Path(tempfile.mkdtemp(prefix="qqbench", dir="/var/tmp"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def staged(name: str, uri: str, directory: Path, *, domain_type: str = "qemu") -> Iterator[Stage]:
    """Open a session with the sample template; at the end every clone is removed, running or not.

    Args:
        name: what to call the hypervisor.
        uri: its libvirt URI.
        directory: for all files of the session; made when missing.
        domain_type: the kind of machine that the hypervisor knows: ``qemu``, or ``test``.
    """
    directory.mkdir(mode=0o711, exist_ok=True)
    settings = directory / "settings.toml"
    settings.touch()
    options = Options(uri, storage=str(directory / "images"), config=str(settings), data_dir=str(directory / "data"))
    session = open_session(options)
    try:
        sample = write_sample(directory / "sample").xml
        sample.write_text(sample.read_text().replace("<domain type='qemu'>", f"<domain type='{domain_type}'>", 1))
        session.import_template(str(sample), TEMPLATE)
        arguments = ("--connection", uri, "--config", str(settings), "--data-dir", str(directory / "data"))
        yield Stage(name, session, options, arguments)
    finally:
        with contextlib.ExitStack() as stack:
            stack.callback(session.close)
            stack.callback(_remove_all, session)


def run(session: Session, plan: Plan) -> Ledger:
    """Carry out a plan, which has to succeed for every machine."""
    ledger = session.jobs.run(plan)
    failed = ledger.failed()
    if failed:
        raise RuntimeError(f"{len(failed)} of {plan.title} failed: {failed[0].reason}")
    return ledger


def _remove_all(session: Session) -> None:
    uuids = list(session.inventory.refresh().machines)
    run(session, session.plan_remove(uuids))

"""Where SQLite can have no write-ahead log, the catalogue works all the same, and waits for the disk by itself."""

import sqlite3
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue, database
from qq2clone_tui.domain.intent import Intent, IntentKind

from .catalogue_samples import template


def without_log(path: Path) -> sqlite3.Connection:
    """Open a file as on a file system that has no memory to share between processes."""
    return sqlite3.connect(
        f"file:{path}?vfs=unix-dotfile", uri=True, timeout=5, isolation_level=None, check_same_thread=False
    )


def test_what_has_to_last_is_recorded_without_a_log_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_connect", without_log)
    catalogue = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    catalogue.add_template(template())
    catalogue.intents.begin(Intent(IntentKind.COMMIT, "template debian12", {}))
    assert catalogue.intents.of("template debian12") is not None
    catalogue.close()

    again = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    assert [one.name for one in again.templates()] == ["debian12"]
    again.close()
    assert not (tmp_path / "one.sqlite-wal").exists()

"""What the real world behind the command line is asked for."""

import pytest

from qq2clone_tui import bootstrap
from qq2clone_tui.cli.shared import Shared
from qq2clone_tui.cli.world import BootstrapWorld
from qq2clone_tui.domain.errors import ConnectionFailed


@pytest.mark.parametrize("dry", [True, False])
def test_a_dry_run_leaves_even_what_killed_processes_left_behind(dry: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def opened(options: bootstrap.Options) -> None:
        asked.append(options.read_only)
        raise ConnectionFailed("not opened here")

    monkeypatch.setattr(bootstrap, "open_session", opened)
    with pytest.raises(ConnectionFailed):
        BootstrapWorld().open_session(Shared(dry_run=dry))
    assert asked == [dry]

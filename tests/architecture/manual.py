"""Keep what the wheel installs beside the package: the manual page and the completion of each shell."""

import sys
from pathlib import Path

from qq2clone_tui.adapters.settings.book import FileSettings
from qq2clone_tui.cli.completing import script
from qq2clone_tui.cli.manual.page import manual_page

from .checkout import ROOT

__all__ = ["PAGE", "papers"]

PAGE = ROOT / "docs" / "qq2clone.1"
_COMPLETION = ROOT / "docs" / "completion"


def papers() -> dict[Path, str]:
    """Return what each of the files should hold."""
    nothing_set = FileSettings(Path("/nonexistent/config.toml"), {})
    return {
        PAGE: manual_page(nothing_set.options()),
        _COMPLETION / "qq2clone.bash": script("bash"),
        _COMPLETION / "_qq2clone": script("zsh"),
        _COMPLETION / "qq2clone.fish": script("fish"),
    }


def main() -> int:
    """Write anew those that are out of date."""
    for path, text in papers().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Change a template as the README shows it, on real machines; ``python -m tests.real.walk_through`` records it."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from qq2clone_tui.cli.manual.examples import Example

from .examples import Run, run_examples, scratch_ground, transcript

__all__ = ["README", "WALK", "alike", "recorded", "written"]

README = Path(__file__).parents[2] / "README.md"
_BEGIN, _END = "<!-- walk-through:begin -->", "<!-- walk-through:end -->"
_READ = "'qemu-io -rc \"read -v 1M 16\" $disks | head -1'"
_CHANGE = "printf 'openssl 3.0.{}-1' > line && qq2clone exec staging 'qemu-io -c \"write -q -s line 1M 16\" $disks'"
_DIFFERS = {
    r"\b[0-9.]+ [KMGTPE]?i?B\b": "SIZE",
    r"\b[0-9]+[smh]\b": "AGE",
    r" That is little\.": "",
    r" {2,}": "  ",
}
"""What a file system or a slow host makes of it, and what stands for it where two records are compared."""

WALK = (
    Example(
        "Three clones of a template, whose image as it was imported is its version v1.",
        "qq2clone import-template $PWD/debian12.xml debian12 && qq2clone clone 3",
    ),
    Example(
        "A staging machine over v1: what is changed in it is going to be v2, and no clone notices.",
        "qq2clone modify-template debian12 prepare-image",
    ),
    Example(
        "Change it. Mostly one starts it, logs in (`connect staging`), installs what is wanted and shuts it down; "
        "here a line goes onto its disk from outside.",
        _CHANGE.format(15),
    ),
    Example(
        "Make that v2. However much was changed, it takes a moment: nothing is copied.",
        "qq2clone modify-template debian12 commit-image --note 'openssl 3.0.15'",
    ),
    Example(
        "A new clone reads the line; the three of v1 read what they always did.",
        f"qq2clone clone && qq2clone exec all --group {_READ}",
    ),
    Example("Look at what bringing one of them to v2 would do.", "qq2clone --dry-run upgrade 1"),
    Example(
        "Bring two to v2. They get fresh disks, and keep number, UUID, MAC addresses and firmware state.",
        "qq2clone upgrade 1-2 && qq2clone list-templates -v",
    ),
    Example(
        "Spoil number 2, and put it back to what its version holds.",
        f"qq2clone exec 2 'qemu-io -c \"write -q -P 120 1M 16\" $disks' && qq2clone reset 2 && qq2clone exec 2 {_READ}",
    ),
    Example(
        "The next change, in the next staging machine.",
        f"qq2clone modify-template debian12 prepare-image && {_CHANGE.format(16)}",
    ),
    Example(
        "To write it into v2 itself would ruin whoever stands on that. It is refused.",
        "qq2clone modify-template debian12 commit-image --in-place",
        code=12,
    ),
    Example(
        "So it becomes v3, and everybody is brought to that.",
        "qq2clone modify-template debian12 commit-image --note 'openssl 3.0.16' && qq2clone upgrade all",
    ),
    Example("See who stands on what, and the space it takes.", "qq2clone uses debian12"),
    Example(
        "Nobody needs v2 any more but v3, which stands on it. It can go once v3 holds what it held; the plan first.",
        "qq2clone --dry-run prune debian12",
    ),
    Example("Then in earnest.", "qq2clone prune debian12 && qq2clone list-templates -v"),
    Example("Everybody still reads what is theirs.", f"qq2clone exec all --group {_READ}"),
)


def recorded(text: str) -> str:
    """Return the walk-through that a README holds."""
    return text.partition(_BEGIN)[2].partition(_END)[0].strip()


def alike(text: str) -> str:
    """Return a record without what may differ from host to host."""
    for pattern, stand_in in _DIFFERS.items():
        text = re.sub(pattern, stand_in, text)
    return text


def written(text: str, runs: Sequence[Run], home: Path, root: Path) -> str:
    """Return a README with the walk-through written anew.

    Raises:
        ValueError: the README has no place for it.
    """
    head, begin, rest = text.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"README.md lacks {_BEGIN} or {_END}")
    return f"{head}{begin}\n\n{transcript(runs, home, root).strip()}\n\n{end}{tail}"


def main() -> int:
    """Walk, and write the README anew unless something went wrong."""
    with scratch_ground() as (home, root):
        runs = run_examples(home, root, WALK)
        for example, code, output in runs:
            if code != example.code:
                sys.exit(f"{example.line}: exit code {code}\n{output}")
        README.write_text(written(README.read_text(encoding="utf-8"), runs, home, root), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

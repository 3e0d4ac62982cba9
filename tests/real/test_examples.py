"""The examples of the manual page do what the record says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .embed_roots import keep_probes, make_root, remove_root
from .examples import RECORD, record, run_examples


@pytest.fixture(scope="module")
def root(qemu_probes: Path) -> Iterator[Path]:
    """A hypervisor of this module's own."""
    made = make_root(qemu_probes)
    yield made
    keep_probes(made, qemu_probes)
    remove_root(made)


def test_the_examples_of_the_manual_page_do_what_the_record_says(tmp_path: Path, root: Path) -> None:
    ran = run_examples(tmp_path, root)
    assert [(example.line, code) for example, code, _ in ran] == [(example.line, example.code) for example, _, _ in ran]
    assert record(ran, tmp_path, root) == RECORD.read_text(encoding="utf-8")
    assert list((tmp_path / "images").iterdir()) == []

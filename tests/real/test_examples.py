"""The examples of the manual page do what the record says."""

from pathlib import Path

from .examples import RECORD, record, run_examples


def test_the_examples_of_the_manual_page_do_what_the_record_says(tmp_path: Path, root: Path) -> None:
    ran = run_examples(tmp_path, root)
    assert [(example.line, code) for example, code, _ in ran] == [(example.line, example.code) for example, _, _ in ran]
    assert record(ran, tmp_path, root) == RECORD.read_text(encoding="utf-8")
    assert list((tmp_path / "images").iterdir()) == []

"""What the README shows of changing a template is what happens."""

from pathlib import Path

from .examples import run_examples
from .walk_through import README, WALK, alike, recorded, written


def test_changing_a_template_goes_as_the_readme_shows_it(tmp_path: Path, root: Path) -> None:
    runs = run_examples(tmp_path, root, WALK)
    assert [(example.line, code) for example, code, _ in runs] == [(example.line, example.code) for example in WALK]
    text = README.read_text(encoding="utf-8")
    walked = written(text, runs, tmp_path, root)
    assert alike(recorded(walked)) == alike(recorded(text)), "script/manual --record writes it anew"

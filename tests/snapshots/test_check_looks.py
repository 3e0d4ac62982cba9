"""What a check looks like: what was found, what takes consent, and that all is sound."""

from .checked_fleet import checked, sound, troubled
from .screenshots import SCENES, Scene, asked
from .test_looks import SIZES, Compare, looks_the_same

__all__ = ["looks_the_same"]


@SIZES
class TestCheck:
    def test_what_was_found(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["check"])

    def test_what_takes_consent(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("m",), troubled, checked, ("y",), asked))

    def test_all_is_sound(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("m",), sound, checked))

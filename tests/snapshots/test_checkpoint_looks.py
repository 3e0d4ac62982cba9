"""What checkpoints look like: the tree of one machine, the names of several, and what going back asks."""

from collections.abc import Iterator

import pytest

from .checkpoint_fleet import kept_fleet, listed
from .greenwich import in_greenwich
from .screenshots import Scene, asked
from .test_looks import SIZES, Compare, looks_the_same

__all__ = ["looks_the_same"]


@pytest.fixture(autouse=True)
def there() -> Iterator[None]:
    """Show times as they are where pictures are compared."""
    with in_greenwich():
        yield


@SIZES
class TestCheckpoints:
    def test_the_tree_of_one_machine(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("K",), kept_fleet, listed))

    def test_the_names_of_several(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("space", "space", "space", "K"), kept_fleet, listed))

    def test_none_yet(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("K",)))

    def test_going_back_is_asked_about(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("K",), kept_fleet, listed, ("r",), asked))

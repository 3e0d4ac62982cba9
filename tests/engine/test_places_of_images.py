"""Images count wherever people keep them: also in memory, and where a name only looks like that of devices."""

import pytest

from qq2clone_tui.adapters.memory.images import MemoryImages
from qq2clone_tui.engine.index.image_users import ImageUsers


@pytest.mark.parametrize("place", ["/dev/shm/machines", "/dev/shm", "/devel/images", "/srv"])
def test_the_place_of_images_is_looked_at_wherever_it_is(place: str) -> None:
    users = ImageUsers(MemoryImages(place))
    users.update([], {}, {})
    assert users.directories == {place}


def test_directories_of_devices_are_not_looked_at() -> None:
    users = ImageUsers(MemoryImages("/dev/mapper"))
    users.update([], {}, {})
    assert users.directories == frozenset()

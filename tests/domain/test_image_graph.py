"""Who would be harmed by writing or deleting an image is found whatever stands on what."""

from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.image_graph import Image, ImageGraph, User, UserKind

V1 = User(UserKind.VERSION, "deb@v1", "deb@v1")
V2 = User(UserKind.VERSION, "deb@v2", "deb@v2")
CLONE = User(UserKind.CLONE, "deb-1", "u1")
STRANGER = User(UserKind.MACHINE, "other", "u9", active=True)


def graph(**users: list[User]) -> ImageGraph:
    """Return v1 below v2, a clone of each, and an overlay of v2 that nobody is known to use."""
    versions = [Image("/v1"), Image("/v2", "/v1", 5)]
    images = [*versions, Image("/c1", "/v1", 7), Image("/c2", "/v2", 9), Image("/s", "/v2", 1)]
    known = {f"/{name}": who for name, who in users.items()}
    return ImageGraph({image.path: image for image in images}, known)


def test_an_image_is_needed_by_all_that_stand_on_it_however_high() -> None:
    tree = graph(v1=[V1], v2=[V2], c1=[CLONE], c2=[STRANGER])
    assert set(tree.needs("/v1", ["deb@v1"])) == {
        "the template deb@v2",
        "the clone deb-1",
        "the machine other",
        "the image /s",
    }


def test_what_nobody_stands_on_is_needed_by_its_user_alone() -> None:
    tree = graph(c1=[CLONE])
    assert tree.needs("/c1", ["u1"]) == ()
    assert tree.needs("/c1") == ("the clone deb-1",)


def test_an_overlay_that_nobody_is_known_to_use_counts_as_well() -> None:
    assert graph().needs("/v2") == ("the image /c2", "the image /s")
    assert graph(c2=[CLONE]).strays("/v2") == ("/s",)


def test_chain_and_dependents_are_told_nearest_first() -> None:
    tree = graph()
    assert tree.chain("/c2") == ("/c2", "/v2", "/v1")
    assert tree.dependents("/v1") == ("/c1", "/v2", "/c2", "/s")


def test_bytes_are_counted_once_however_often_an_image_is_named() -> None:
    assert graph().bytes_of(["/v2", "/c2", "/v2"]) == 14


def test_an_image_that_cannot_be_seen_is_still_told_of() -> None:
    assert not graph().image("/nowhere").there
    assert graph().needs("/nowhere") == ()


def test_images_that_stand_on_one_another_in_a_circle_end_every_question() -> None:
    tree = ImageGraph({"/a": Image("/a", "/b"), "/b": Image("/b", "/a")}, {"/b": [CLONE]})
    assert tree.chain("/a") == ("/a", "/b")
    assert tree.needs("/a") == ("the clone deb-1",)


_PATHS = [f"/{number}" for number in range(8)]


@given(
    backing=st.lists(st.integers(-1, 7), min_size=8, max_size=8),
    used=st.sets(st.integers(0, 7)),
    asked=st.integers(0, 7),
)
def test_nothing_that_stands_on_a_used_or_unknown_image_is_ever_called_free(
    backing: list[int], used: set[int], asked: int
) -> None:
    # An image stands only on one with a smaller number, so that there are no circles.
    below = {number: target if target < number else -1 for number, target in enumerate(backing)}
    images = {
        path: Image(path, _PATHS[below[number]] if below[number] >= 0 else "") for number, path in enumerate(_PATHS)
    }
    users = {_PATHS[number]: [User(UserKind.CLONE, f"c{number}", f"u{number}")] for number in used}
    tree = ImageGraph(images, users)
    above = {number for number in range(8) if number != asked and _PATHS[asked] in tree.chain(_PATHS[number])}
    free = not tree.needs(_PATHS[asked], [f"u{asked}"])
    assert free == (not above)

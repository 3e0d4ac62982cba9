"""What stands on an image, and the bytes that each part of it holds, shares and would free."""

from qq2clone_tui.domain.image_graph import Image, ImageGraph, User, UserKind
from qq2clone_tui.domain.uses_tree import UsesTree, natural


def clone(name: str) -> User:
    return User(UserKind.CLONE, name, f"uuid of {name}")


def version(number: int) -> User:
    return User(UserKind.VERSION, f"deb@v{number}", f"deb@v{number}")


STRANGER = User(UserKind.MACHINE, "theirs", "uuid of theirs", active=True)
IMAGES = (
    Image("/base", bytes=1000),
    Image("/v2", "/base", 100),
    Image("/deb-1", "/base", 10),
    Image("/deb-2", "/v2", 20),
    Image("/deb-10", "/v2", 30),
    Image("/web", "/v2", 500),
    Image("/stray", "/v2", 7),
    Image("/other", bytes=9),
)
USERS = {
    "/base": [version(1)],
    "/v2": [version(2)],
    "/deb-1": [clone("deb-1")],
    "/deb-2": [clone("deb-2")],
    "/deb-10": [clone("deb-10")],
    "/web": [STRANGER],
}
GRAPH = ImageGraph({image.path: image for image in IMAGES}, USERS)


def test_a_tree_is_about_what_is_below_and_what_is_above() -> None:
    tree = UsesTree(GRAPH, ("/v2",))
    assert tree.shown == {"/base", "/v2", "/deb-2", "/deb-10", "/web", "/stray"}
    assert tree.roots == ("/base",)
    assert tree.over("/base") == ("/v2",)


def test_images_that_others_stand_on_come_last_and_numbers_count() -> None:
    tree = UsesTree(GRAPH, ("/base",))
    assert tree.over("/base") == ("/deb-1", "/v2")
    assert tree.over("/v2") == ("/deb-2", "/deb-10", "/stray", "/web")
    assert sorted(("deb-10", "deb-9", "deb"), key=natural) == ["deb", "deb-9", "deb-10"]


def test_bytes_are_own_or_shared_with_all_that_is_below() -> None:
    tree = UsesTree(GRAPH, ("/base",))
    assert [tree.shared(path) for path in ("/base", "/v2", "/deb-2")] == [0, 1000, 1100]


def test_nothing_below_a_stranger_is_freed_and_nothing_that_was_not_made_by_us() -> None:
    tree = UsesTree(GRAPH, ("/base",), {"/v2"})
    assert tree.freed["/deb-2"] == 20
    assert (tree.freed["/web"], tree.freed["/stray"]) == (0, 0)
    assert tree.freed["/v2"] == 20 + 30
    assert tree.freed["/base"] == 20 + 30 + 10


def test_a_version_of_ours_is_freed_with_all_that_stands_on_it() -> None:
    alone = {path: image for path in ("/base", "/v2", "/deb-1", "/deb-2") if (image := GRAPH.image(path))}
    tree = UsesTree(ImageGraph(alone, USERS), ("/v2",), {"/base", "/v2"})
    assert tree.freed["/v2"] == 100 + 20
    assert tree.freed["/base"] == 1000 + 100 + 20 + 10


def test_machines_are_counted_once_however_many_of_their_disks_stand_there() -> None:
    twice = {**USERS, "/stray": [clone("deb-2")]}
    tree = UsesTree(ImageGraph({image.path: image for image in IMAGES}, twice), ("/base", "/v2"))
    assert tree.standing_on("/v2") == 3
    assert sorted(user.name for user in tree.machines) == ["deb-1", "deb-10", "deb-2", "theirs"]
    assert tree.strays == ()


def test_an_overlay_that_nobody_is_known_to_use_is_a_stray() -> None:
    assert UsesTree(GRAPH, ("/base", "/v2")).strays == ("/stray",)


def test_an_image_that_is_only_named_is_there_to_be_asked_about() -> None:
    tree = UsesTree(GRAPH, ("/gone",))
    assert tree.roots == ("/gone",)
    assert tree.shown == {"/gone"}
    assert tree.freed == {"/gone": 0}
    assert tree.machines == ()


def test_images_that_stand_on_one_another_in_a_ring_end_the_question() -> None:
    ring = {path: Image(path, below, 1) for path, below in (("/a", "/b"), ("/b", "/c"), ("/c", "/a"))}
    tree = UsesTree(ImageGraph(ring, {"/a": [clone("deb-1")]}), ("/a",))
    assert tree.shown == {"/a", "/b", "/c"}
    assert [user.name for user in tree.machines] == ["deb-1"]

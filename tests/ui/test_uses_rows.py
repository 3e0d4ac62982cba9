"""How the tree of what stands on an image is laid out and written."""

from rich.cells import cell_len

from qq2clone_tui.domain.image_graph import Image, ImageGraph, User, UserKind
from qq2clone_tui.domain.uses_tree import UsesTree
from qq2clone_tui.ui.presenters.uses import remark_lines, summary_line, uses_heading, uses_line
from qq2clone_tui.ui.presenters.uses_rows import uses_rows


def text_of(tree: UsesTree, width: int = 80) -> list[str]:
    return ["".join(cell.text for cell in uses_line(tree, {}, row, width).cells) for row in uses_rows(tree)]


def chain(length: int, name: str = "/images/deb.v{}.qcow2") -> UsesTree:
    paths = [name.format(number) for number in range(1, length + 1)]
    images = {path: Image(path, below, 1 << 20) for path, below in zip(paths, ["", *paths], strict=False)}
    users = {path: [User(UserKind.VERSION, f"deb@v{n}", f"deb@v{n}")] for n, path in enumerate(paths, start=1)}
    return UsesTree(ImageGraph(images, users), (paths[0],))


def test_a_machine_whose_disk_nothing_else_is_has_one_row() -> None:
    images = {
        path: Image(path, below, 1 << 20) for path, below in (("/i/b.qcow2", ""), ("/i/deb-1.qcow2", "/i/b.qcow2"))
    }
    users = {"/i/deb-1.qcow2": [User(UserKind.CLONE, "deb-1", "u1")]}
    tree = UsesTree(ImageGraph(images, users), ("/i/b.qcow2",))
    assert [row.name for row in uses_rows(tree)] == ["b.qcow2", "deb-1"]


def test_machines_that_share_an_image_hang_on_its_row() -> None:
    images = {"/i/shared.qcow2": Image("/i/shared.qcow2", "", 1 << 20)}
    users = {"/i/shared.qcow2": [User(UserKind.MACHINE, name, name) for name in ("b10", "b9")]}
    tree = UsesTree(ImageGraph(images, users), ("/i/shared.qcow2",))
    first, *others = text_of(tree)
    assert "shared.qcow2  2 machines · foreign" in first
    assert [other.split()[:3] for other in others] == [["├", "◇", "b9"], ["└", "◇", "b10"]]


def test_every_row_fills_its_width_however_deep_the_tree_and_long_the_names() -> None:
    deep = chain(60, "/images/" + "x" * 70 + ".v{}.qcow2")
    for width in (58, 80, 200):
        lines = text_of(deep, width)
        assert len(lines) == 60
        assert {cell_len(line) for line in lines if cell_len(line) != width} <= {width - 1}
        assert cell_len("".join(cell.text for cell in uses_heading(width).cells)) in {width, width - 1}


def test_names_of_others_are_never_obeyed() -> None:
    evil = "/i/\x1b[31m[red]x.qcow2"
    tree = UsesTree(ImageGraph({evil: Image(evil, "", 5)}, {}), (evil,))
    (row,) = uses_rows(tree)
    written = text_of(tree) + ["".join(cell.text for cell in line.cells) for line in remark_lines(tree, row, 80)]
    written.append("".join(cell.text for cell in summary_line(tree, evil).cells))
    assert all("\x1b" not in text for text in written)
    assert any("[red]x.qcow2" in text for text in written)


def test_an_image_that_cannot_be_seen_says_so() -> None:
    tree = UsesTree(ImageGraph({}, {}), ("/gone.qcow2",))
    (row,) = uses_rows(tree)
    assert "not to be seen" in text_of(tree)[0]
    assert "it cannot be seen from here" in "".join(cell.text for cell in remark_lines(tree, row, 80)[-1].cells)


def test_a_ring_of_images_is_shown_once_round() -> None:
    ring = {path: Image(path, below, 1) for path, below in (("/a", "/b"), ("/b", "/a"))}
    assert len(uses_rows(UsesTree(ImageGraph(ring, {}), ("/a",)))) == 2

"""Show one machine close up: figures, disks with their chain, interfaces and consoles."""

from collections.abc import Sequence
from pathlib import PurePath

from rich.cells import cell_len

from qq2clone_tui.domain.address import Address
from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.describe_xml import DomainDescription
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.stats import Rates
from qq2clone_tui.engine.live.details import MachineDetails

from .figures import amount, bar, rate, share, sparkline
from .machines import state_cell
from .text import Cell, Line, counted, line, visible

__all__ = ["layer_name", "live_lines"]

_BESIDE = 52


def live_lines(
    machine: Machine,
    rates: Rates,
    history: tuple[float, ...],
    details: MachineDetails | str | None,
    width: int,
    *,
    addresses: tuple[Address, ...] = (),
    tags: tuple[str, ...] = (),
) -> tuple[Line, ...]:
    """Return the lines of the live pane, the most telling first."""
    lines = [_first(machine, details, tags), *_figures(machine, rates, history, width)]
    if details is None:
        return (*lines, line(Cell(" reading…", "dim")))
    if isinstance(details, str):
        return (*lines, line(Cell(f" ! {visible(details)}", "bad")))
    if details.problem:
        lines.append(line(Cell(f" ! {visible(details.problem)}", "bad")))
    if details.saved_bytes is not None:
        lines.append(line(Cell(" saved", "heading"), f" {amount(details.saved_bytes)} of memory put aside"))
    if details.checkpoints:
        lines.append(_kept(details.checkpoints))
    lines += [_disk(target, chain, machine.template) for target, chain in details.chains.items()]
    return (*lines, *_devices(details.description, addresses))


def _kept(checkpoints: Sequence[Checkpoint]) -> Line:
    came = next((visible(each.name) for each in checkpoints if each.current), "")
    return line(
        Cell(" kept ", "heading"),
        counted(len(checkpoints), "checkpoint"),
        Cell(f"  last {came}" if came else "", "dim"),
    )


def _first(machine: Machine, details: MachineDetails | str | None, tags: tuple[str, ...]) -> Line:
    size = ""
    if isinstance(details, MachineDetails):
        size = f"   {details.description.vcpus} vcpu  {amount(details.description.memory_bytes)}"
    words = " detached" * machine.detached + " ephemeral" * machine.ephemeral
    marks = "   " + " ".join(f"@{visible(word)}" for word in tags) if tags else ""
    return line(
        " ",
        state_cell(machine),
        Cell(f"   {visible(machine.template)} v{machine.version}", "dim"),
        Cell(words, "accent"),
        Cell(size, "dim"),
        Cell(marks, "accent"),
    )


def _figures(machine: Machine, rates: Rates, history: tuple[float, ...], width: int) -> list[Line]:
    if not machine.state.active:
        return []
    span = max(8, min(24, (width - 30) // 2))
    used, top = rates.memory_bytes, rates.memory_max_bytes
    part = used / top if used and top else None
    cpu = (Cell(" cpu  ", "heading"), Cell(sparkline(history, span), "good"), Cell(f" {share(rates.cpu_percent):>4}"))
    memory = (
        Cell("mem  ", "heading"),
        Cell(bar(part, max(6, span // 2)), "accent"),
        Cell(f" {amount(used)}/{amount(top)}"),
    )
    disk = (Cell(" disk ", "heading"), Cell(f"r {rate(rates.read_per_s)}  w {rate(rates.written_per_s)}"))
    net = (Cell("net  ", "heading"), Cell(f"↓ {rate(rates.received_per_s)}  ↑ {rate(rates.sent_per_s)}"))
    if width < _BESIDE:
        return [line(*cpu), line(" ", *memory), line(*disk), line(" ", *net)]
    return [_pair(cpu, memory, width), _pair(disk, net, width)]


def _pair(left: tuple[Cell, ...], right: tuple[Cell, ...], width: int) -> Line:
    used = sum(cell_len(cell.text) for cell in left)
    return line(*left, " " * max(3, max(30, width // 2) - used), *right)


def _disk(target: str, chain: tuple[ImageFacts, ...], template: str) -> Line:
    """Return what a disk holds by itself, what it reads from images below it, and which those are."""
    own, *below = chain
    back = "".join(f" ← {layer_name(image.path, template)}" for image in below)
    shared = f" {amount(sum(image.actual_size for image in below))} shared" if below else ""
    return line(
        Cell(f" {visible(target):<5}", "heading"),
        f"{amount(own.actual_size)} own{shared} of {amount(own.virtual_size)}",
        Cell(back, "dim"),
    )


def layer_name(path: str, template: str) -> str:
    """Return a short name of an image: that of the version it was made for, else the file's own."""
    name = PurePath(path).name
    version, dot, _ = name.removeprefix(f"{template}.").partition(".")
    known = dot and name.startswith(f"{template}.v") and version[1:].isascii() and version[1:].isdigit()
    return version if known else visible(name)


def _address(address: Address) -> Line:
    prefix = f"/{address.prefix}" if address.prefix else ""
    return line(Cell("   ip ", "heading"), f"{address.address}{prefix}", Cell(f"  {address.source.value}", "dim"))


def _devices(description: DomainDescription, addresses: tuple[Address, ...]) -> list[Line]:
    lines: list[Line] = []
    macs = [card.mac.lower() for card in description.interfaces]
    for card, mac in zip(description.interfaces, macs, strict=True):
        kind = Cell(f"  {visible(card.kind)} {visible(card.source)}", "dim")
        lines.append(line(Cell(" net  ", "heading"), visible(card.mac), kind))
        lines += [_address(each) for each in addresses if each.mac == mac]
    lines += [_address(each) for each in addresses if each.mac not in macs]
    for display in description.graphics:
        where = (
            f"{visible(display.listen)}:{display.port}" if display.port > 0 else (visible(display.socket) or "no port")
        )
        lines.append(line(Cell(" view ", "heading"), visible(display.kind), Cell(f"  {where}", "dim")))
    return lines

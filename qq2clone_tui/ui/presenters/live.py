"""Show one machine close up: figures, disks with their chain, interfaces and consoles."""

from pathlib import PurePath

from qq2clone_tui.domain.describe_xml import DomainDescription
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.stats import Rates
from qq2clone_tui.engine.details import MachineDetails

from .figures import amount, bar, rate, share, sparkline
from .machines import state_cell
from .text import Cell, Line, line, visible

__all__ = ["live_lines"]


def live_lines(
    machine: Machine, rates: Rates, history: tuple[float, ...], details: MachineDetails | str | None, width: int
) -> tuple[Line, ...]:
    """Return the lines of the live pane, the most telling first."""
    lines = [_first(machine), *_figures(machine, rates, history, width)]
    if details is None:
        return (*lines, line(Cell(" reading…", "dim")))
    if isinstance(details, str):
        return (*lines, line(Cell(f" ! {visible(details)}", "bad")))
    if details.problem:
        lines.append(line(Cell(f" ! {visible(details.problem)}", "bad")))
    lines += [_disk(target, chain) for target, chain in details.chains.items()]
    return (*lines, *_devices(details.description))


def _first(machine: Machine) -> Line:
    return line(" ", state_cell(machine), Cell(f"   {visible(machine.template)} v{machine.version}", "dim"))


def _figures(machine: Machine, rates: Rates, history: tuple[float, ...], width: int) -> list[Line]:
    if not machine.state.active:
        return []
    span = max(8, min(24, (width - 30) // 2))
    used, top = rates.memory_bytes, rates.memory_max_bytes
    part = used / top if used and top else None
    return [
        line(
            Cell(" cpu  ", "heading"), Cell(sparkline(history, span), "good"), f" {share(rates.cpu_percent):>4}",
            Cell("   mem  ", "heading"), Cell(bar(part, span // 2), "accent"), f" {amount(used)}/{amount(top)}",
        ),
        line(
            Cell(" disk ", "heading"), f"read {rate(rates.read_per_s)}  write {rate(rates.written_per_s)}",
            Cell("   net  ", "heading"), f"↓ {rate(rates.received_per_s)}  ↑ {rate(rates.sent_per_s)}",
        ),
    ]  # fmt: skip


def _disk(target: str, chain: tuple[ImageFacts, ...]) -> Line:
    own, *below = chain
    back = "".join(f" ← {visible(PurePath(image.path).name)}" for image in below)
    return line(
        Cell(f" {visible(target):<5}", "heading"),
        f"{amount(own.actual_size)} own of {amount(own.virtual_size)}",
        Cell(back, "dim"),
    )


def _devices(description: DomainDescription) -> list[Line]:
    lines = [
        line(Cell(" net  ", "heading"), visible(card.mac), Cell(f"  {visible(card.kind)} {visible(card.source)}", "dim"))
        for card in description.interfaces
    ]
    for display in description.graphics:
        where = f"{visible(display.listen)}:{display.port}" if display.port > 0 else visible(display.socket) or "when on"
        lines.append(line(Cell(" view ", "heading"), visible(display.kind), Cell(f"  {where}", "dim")))
    size = Cell(" size ", "heading")
    lines.append(line(size, f"{description.vcpus} vcpu  {amount(description.memory_bytes)}"))
    return lines

"""Be the least Textual app that shows anything: what every such app pays before its first line."""

from textual.app import App, ComposeResult
from textual.widgets import Static

__all__ = ["READY", "EmptyApp"]

READY = "nothing to see"


class EmptyApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """Show the line."""
        yield Static(READY)


if __name__ == "__main__":
    EmptyApp().run()

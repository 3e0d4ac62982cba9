"""Hold the dialogs: each is a modal screen that returns one answer."""

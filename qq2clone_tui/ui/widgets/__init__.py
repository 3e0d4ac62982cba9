"""Hold the widgets, one a file."""

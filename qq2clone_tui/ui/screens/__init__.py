"""Hold the screens that fill the whole terminal."""

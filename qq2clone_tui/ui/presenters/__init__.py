"""Turn domain values into the cells and lines that the screens show; pure functions only."""

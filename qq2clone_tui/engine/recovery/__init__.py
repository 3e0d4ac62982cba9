"""Finish or undo what killed processes left half done."""

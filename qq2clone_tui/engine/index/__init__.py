"""Know what stands on which image, and who uses it."""

"""Any order of everything that can be done to images, on real files, with kills between any two steps."""

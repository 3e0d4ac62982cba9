"""Turn pictures of machines' screens into cells of a terminal; Pillow is loaded with the first of them."""

"""Keep what is seen of machines up to date: the live picture, figures, addresses and screens."""

"""Keep states of machines, and bring them back."""

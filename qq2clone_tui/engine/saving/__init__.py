"""Put the memory of machines aside in files, and back."""

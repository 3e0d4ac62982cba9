"""Hold the house in shape: who may import whom, how large rooms grow, what is shipped."""

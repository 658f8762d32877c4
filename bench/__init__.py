"""What measures Greenlane and its peers, and writes docs/benchmarks.md. Not installed with it."""

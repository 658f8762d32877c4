"""What is proved, and how: Merkle tree, leaves, signed heads. No database and no web in it."""

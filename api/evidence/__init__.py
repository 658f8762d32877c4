"""The log that proves what is stored: proofs of it, and packs of evidence about one decision. Reads only."""

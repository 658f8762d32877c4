"""Whether everything in the store is as the log says, and the log as its signed heads say. Reads only."""

"""The real parts put together, a module for each sort: the only room that chooses them. Knows every feature."""

"""The revisions of the tables, which are history, and the triggers that they make. SQL."""

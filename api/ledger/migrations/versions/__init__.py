"""One module for each revision, in the order of their numbers; what was released is never changed. SQL alone."""

"""Who calls and may: keys, tokens, limits, refused calls. The only room that knows credentials."""

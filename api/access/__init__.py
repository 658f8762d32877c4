"""Who calls and may: API keys, tokens of an identity provider, limits, refused calls."""

"""Reviews of decisions by people, as customers may ask for; a decision itself is never touched."""

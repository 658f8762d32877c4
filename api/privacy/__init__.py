"""Personal data at rest: erasing customers, retention, turning to a new master key."""

"""What operators ask: liveness, readiness, metrics. Reads only."""

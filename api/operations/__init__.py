"""What operators ask: liveness, readiness, metrics."""

"""What an evidence pack carries besides evidence: its README and a verifier that needs no Greenlane."""

"""What a pack of evidence carries besides evidence: its README and a verifier. Files that are copied as they are."""

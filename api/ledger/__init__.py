"""What is stored, and its proof: database, log, keys, audit. One door, `unit_of_work.Ledger`; imports no feature."""

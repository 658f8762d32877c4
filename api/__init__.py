"""The service: HTTP, the ledger and the command line around the engine. `setup.cfg` says which room stands on which."""

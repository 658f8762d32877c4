"""The real parts put together, a room for each sort; `api.app` joins the rooms. Nothing is chosen anywhere else."""

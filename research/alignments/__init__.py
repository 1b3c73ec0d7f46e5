"""Pictures of what optimal transport aligns."""

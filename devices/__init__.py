"""Device profiles and deployment."""

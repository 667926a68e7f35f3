"""Ready projects for phones and browsers with a bundle inside."""

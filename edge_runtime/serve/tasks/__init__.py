"""What each task offers over HTTP: one file and one line here."""

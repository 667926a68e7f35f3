"""Reports for people: self-contained HTML, and lines of text."""

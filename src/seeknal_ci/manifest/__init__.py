"""Files to a manifest, or every problem at once."""

"""Where builds and environments live: one protocol, one adapter a file."""

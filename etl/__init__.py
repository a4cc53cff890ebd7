"""From publishers' files to the embedded snapshot: fetch, read, join, check, build."""

"""The command line room: where what the reader sees and what the build makes meet."""

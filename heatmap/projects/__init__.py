"""The action map: who is doing what about it, where. Records, the finding of them, and their keeping."""

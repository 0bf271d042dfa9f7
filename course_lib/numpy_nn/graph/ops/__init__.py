"""The rows of the table of operations, a file a topic."""

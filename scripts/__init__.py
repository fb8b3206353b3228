"""What keeps the README true: its tables and its pictures are made here, from saved files and from the real app."""

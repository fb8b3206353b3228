"""What people tell the app, kept in SQLite: verdicts on test images, and drawings with the right digit.

Others use `marks.Marks` and `drawings.Drawings`.
"""

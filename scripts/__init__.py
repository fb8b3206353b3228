"""Serves the app, and makes the tables and pictures of the documents from saved files and from the real app."""

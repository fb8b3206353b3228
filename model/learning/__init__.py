"""Trainings that are watched: their process, the snapshots that it sends, and whose turn it is. No TensorFlow.

Others call `classroom.Classroom`; `model.training.live` is the process at the other end of `channel`.
"""

"""Saves a trained network: Keras and LiteRT files, calibration, scores and figures, all together or not at all.

Others call `saving.save_network`, `saving.export_network`, `saving.save_ensemble` and `folders.check_replaceable`.
"""

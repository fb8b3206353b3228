"""Synthetic images to train on: digits in pen styles that MNIST lacks, and images that are not digits. NumPy, Pillow.

Others call `pen_styles.synthetic_digits`, `non_digits.synthetic_non_digits` and `strokes.draw_strokes`;
`worker.called_beside` runs such a call in a process of its own.
"""

"""MNIST: read, verify and split it, and the label errors that are known in its test set. NumPy only.

Others call `mnist.read_split` and `mnist.verify`; `mnist.Split` and `mnist.TrainingData` are what they pass on.
"""

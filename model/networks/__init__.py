"""The networks in Keras: architectures, output heads, ensembles, batch norms, and preparation for 8-bit weights.

Others call `architectures.NETWORKS[name]()`, `ensemble.ensemble` and the functions of `heads`.
"""

"""Training in Keras: batches, augmentation, callbacks, checkpoints, and the members of an ensemble, also on a cluster.

Others call `fit.train` for one network and `ensemble.train_members` for several.
"""

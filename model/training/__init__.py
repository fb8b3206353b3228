"""Training in Keras: batches, augmentation, callbacks, checkpoints, and the members of an ensemble, also on a cluster.

Others call `fit.train` for one network, `ensemble.train_members` for several, and `teaching.teach` for one that is
trained already. `live` is the process of a training that is watched.
"""

"""From a drawing, scan or photo to digits. NumPy, Pillow and LiteRT; the app and the command line need no TensorFlow.

Others call `classifier.load_classifier`, `Classifier.read`, which reads a drawing, and `pictures.open_picture`, which
opens a file within limits. `preprocessing.preprocess` makes one 28 x 28 image of a drawing of one digit. `store` knows
where trained networks are and what to do when one is missing or damaged; `card.Card.load` reads the scores of one.
"""

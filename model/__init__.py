"""The library: data, networks, training and reading of drawings. It knows nothing of the interface.

`images`, `recipes`, `contact_sheet` and the packages `data`, `reading`, `evaluation`, `feedback` and `synthesis` need
no TensorFlow; `networks`, `training` and `export` do. `predict` is the command line that reads image files.
"""

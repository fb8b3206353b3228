"""Scores, calibration, results on the test set, similar images and occlusion maps. NumPy only.

Others call `scores.scores`, `calibration.fit_temperature`, `neighbours.find_neighbours` and `occlusion.occlusion`;
`mistakes.Results` and `mistakes.Filters` are behind the Mistakes screen, and `exports` saves what it shows.
"""

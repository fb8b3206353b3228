"""What a network is exported with: its temperature, fitted on images that it was not trained on, and its threshold."""

from functools import cache

import keras
import numpy as np

from model.data.mnist import Split
from model.evaluation.calibration import area_under_roc, fit_temperature
from model.images import NUM_CLASSES, as_drawings, scale
from model.networks.heads import logits_of, non_digit_scores, refuses, tells_drawings
from model.reading.card import Readout
from model.synthesis.non_digits import synthetic_non_digits
from model.synthesis.pen_styles import synthetic_digits
from model.synthesis.worker import called_beside

# The log-odds above which something is refused: it is more likely no digit than any. Then about 0.3 % of MNIST's digits
# are refused, given as drawings. Fitted to refuse just that of 1,000 held-out digits, the threshold would differ by 1.7
# (standard deviation) from one choice of them to the next.
THRESHOLD = 0.0
_HELD_OUT_SYNTHETIC = 2000
_HELD_OUT_SEED = 1_000_003


def fit_readout(network: keras.Model, held_out: Split) -> Readout:
    """Fits the temperature of a network on images that it was not trained on, and measures what it refuses of them.

    Args:
        network: with a layer "logits"; one of ten classes has no threshold, and knows nothing of synthetic images.
        held_out: MNIST's validation images; synthetic digits and non-digits of another seed are added to them.

    Returns:
        Temperature and threshold, as `model.networks.heads.with_readout` takes them, and what follows from the
        threshold for drawings.
    """
    # Once for all images: Keras compiles the prediction again for each model.
    head = logits_of(network)

    def logits(images: np.ndarray, drawn: bool) -> np.ndarray:
        inputs = scale(images)
        inputs = as_drawings(inputs) if drawn and tells_drawings(network) else inputs
        return head.predict(inputs, batch_size=250, verbose=0)

    if not refuses(network):
        return Readout(fit_temperature(logits(held_out.images, drawn=False), held_out.labels))
    # Each kind of synthetic images takes seconds on a core.
    with called_beside(synthetic_non_digits, _HELD_OUT_SYNTHETIC, _HELD_OUT_SEED, held_out) as non_digits:
        scans, mnist = (logits(held_out.images, drawn) for drawn in (False, True))
        pen_images, pen_labels = _held_out_pen_digits()
        pens = logits(pen_images, drawn=True)
        other_images, _ = non_digits()
    others = logits(other_images, drawn=True)
    digits = np.concatenate([scans, pens])[:, :NUM_CLASSES]
    scores = {name: non_digit_scores(values) for name, values in (("mnist", mnist), ("pens", pens), ("others", others))}
    return Readout(
        temperature=fit_temperature(digits, np.concatenate([held_out.labels, pen_labels])),
        threshold=THRESHOLD,
        mnist_digits_refused=float((scores["mnist"] > THRESHOLD).mean()),
        pen_digits_refused=float((scores["pens"] > THRESHOLD).mean()),
        non_digits_refused=float((scores["others"] > THRESHOLD).mean()),
        area_under_roc=area_under_roc(np.concatenate([scores["mnist"], scores["pens"]]), scores["others"]),
    )


@cache
def _held_out_pen_digits() -> tuple[np.ndarray, np.ndarray]:
    """Synthetic digits and their labels; made once for all members of an ensemble."""
    return synthetic_digits(_HELD_OUT_SYNTHETIC, _HELD_OUT_SEED)

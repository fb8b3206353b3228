"""Training networks on the machines of a Ray cluster, one at a time on each that is as small as the smallest.

The package `model` and the data go to the machines with the tasks: they share no files, but each needs what
requirements-cluster.txt lists. A task whose machine or process is lost is begun again elsewhere by Ray.
"""

import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from model.data import Split, TrainingData
from model.recipes import Recipe

# How often one member is begun again before the others go on without it.
_RETRIES = 3
_PATIENCE = 10.0


class ClusterError(Exception):
    """A Ray cluster can't be used, or has lost a network for good."""


def train_on_cluster(
    address: str, recipes: Sequence[Recipe], data: TrainingData
) -> Iterator[tuple[Recipe, list[np.ndarray], list[dict[str, float]]]]:
    """Trains networks side by side.

    Args:
        address: HOST:PORT of the cluster's head, from one of its machines; or ray://HOST:PORT from elsewhere.
        recipes: one for each network.
        data: to train them on.

    Yields:
        A recipe, the weights in Keras's order and the history (`model.training.train`), as each network is done.

    Raises:
        ClusterError: Ray is not installed, there is no cluster, or a network was lost too often; all others have been
            yielded before.
    """
    ray = _connect(address)
    try:
        # A whole machine for each, where all are alike: two networks on the same cores would only slow each other.
        cores = min((node["Resources"]["CPU"] for node in ray.nodes() if "CPU" in node["Resources"]), default=1)
        task = ray.remote(train_member).options(num_cpus=cores, max_retries=_RETRIES)
        shared = ray.put((data.training, data.sha256, data.extra))
        pending = {task.remote(recipe, shared): recipe for recipe in recipes}
        lost = []
        while pending:
            done = ray.wait(list(pending))[0][0]
            recipe = pending.pop(done)
            try:
                weights, history = ray.get(done)
            except ray.exceptions.RayError as error:
                lost.append(f"seed {recipe.seed}: {error}")
                continue
            yield recipe, weights, history
    finally:
        ray.shutdown()
    if lost:
        raise ClusterError(f"The cluster at {address} lost {len(lost)} of {len(recipes)} networks. {'; '.join(lost)}")


def train_member(
    recipe: Recipe, shared: tuple[Split, str, Split | None]
) -> tuple[list[np.ndarray], list[dict[str, float]]]:
    """What a worker does; only there is TensorFlow imported for it."""
    from model.checkpoint import Unfinished
    from model.training import train

    training, sha256, extra = shared
    with tempfile.TemporaryDirectory() as folder:
        model, history = train(recipe, training, Unfinished(Path(folder)), sha256, verbose=2, extra=extra)
    return model.get_weights(), history


def _connect(address: str) -> ModuleType:
    try:
        import ray
    except ImportError as error:
        raise ClusterError(
            f"Ray is not installed ({error}). Install it on each machine with: pip install -r requirements-cluster.txt"
        ) from error
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        # Ray itself waits for minutes and then ends the whole process.
        socket.create_connection((host, int(port)), _PATIENCE).close()
        ray.init(
            address,
            runtime_env={
                "py_modules": [str(Path(__file__).parent)],
                "excludes": ["trained", "__pycache__"],
                "env_vars": {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
            },
        )
    except (OSError, OverflowError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"No Ray cluster can be used at {address} ({error}). Start one with: ray start --head --port=6379, and on "
            f"each other machine: ray start --address=HOST:6379. Expected: HOST:PORT. Received: {address}"
        ) from error
    return ray

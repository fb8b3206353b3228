"""Trains one network per machine of a Ray cluster; each task asks for as many CPUs as the smallest machine has.

Ray sends the package `model` and the data to the machines with the tasks. The machines share no files, and each needs
the packages of requirements-cluster.txt. Ray restarts a task elsewhere if its machine or process is lost.
"""

import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from model.data.mnist import TrainingData
from model.reading.history import Epoch
from model.recipes import Recipe

# How often Ray restarts a member before the others go on without it.
_RETRIES = 3
_PATIENCE = 10.0


class ClusterError(Exception):
    """A Ray cluster can't be used, or has lost a network for good."""


def train_on_cluster(
    address: str, recipes: Sequence[Recipe], data: TrainingData
) -> Iterator[tuple[Recipe, list[np.ndarray], list[Epoch]]]:
    """Trains networks side by side.

    Args:
        address: HOST:PORT of the cluster's head, from one of its machines; or ray://HOST:PORT from elsewhere.
        recipes: one for each network.
        data: to train them on.

    Yields:
        A recipe, the weights in Keras's order and the history (`model.training.fit.train`), as each network is done.

    Raises:
        ClusterError: Ray is not installed, there is no cluster, or a network was lost too often; all others have been
            yielded before.
    """
    ray = _connect(address)
    try:
        # One network per machine, where all are alike: two on the same cores would only slow each other down.
        cores = min((node["Resources"]["CPU"] for node in ray.nodes() if "CPU" in node["Resources"]), default=1)
        task = ray.remote(train_member).options(num_cpus=cores, max_retries=_RETRIES)
        shared = ray.put(data)
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


def train_member(recipe: Recipe, data: TrainingData) -> tuple[list[np.ndarray], list[Epoch]]:
    """The task of a worker. It imports TensorFlow, which the process that calls `train_on_cluster` does not need."""
    from model.training.checkpoint import Unfinished
    from model.training.fit import train

    with tempfile.TemporaryDirectory() as folder:
        model, history = train(recipe, data, Unfinished(Path(folder)), verbose=2)
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
                "py_modules": [str(Path(__file__).resolve().parents[1])],
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

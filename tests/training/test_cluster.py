"""An ensemble is trained on a Ray cluster of two machines, here both on 127.0.0.1, as it is on one."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers import train_command

from model.data.mnist import TrainingData
from model.training.cluster import ClusterError, train_on_cluster
from scripts.running import ROOT
from train import main

_PATIENCE = 240.0  # seconds; on a busy machine TensorFlow alone takes a minute to import


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two nodes, each of which takes one task at a time."""
    from ray.cluster_utils import Cluster

    running = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    running.add_node(num_cpus=1)
    yield running
    running.shutdown()


def command(data_file: Path, out: Path, *more: str) -> list[str]:
    return train_command("--network", "small", "--epochs", 1, "--members", 2, "--data", data_file, "--out", out, *more)


def worker_at_it(training: subprocess.Popen, log: Path) -> int:
    """The process that is the first to have built its network, as Ray hands on what it prints."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and training.poll() is None:
        if found := re.search(r"train_member pid=(\d+)\).*Total params", log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    pytest.fail(f"No process of the cluster trains:\n{log.read_text()}")


def test_a_cluster_that_loses_a_worker_trains_the_same_networks_as_one_machine(cluster, data_file, tmp_path):
    log = tmp_path / "log"
    flags = command(data_file, tmp_path / "there", "--ray", f"127.0.0.1:{cluster.address.rpartition(':')[2]}")
    with log.open("w") as output, subprocess.Popen(flags, cwd=ROOT, stdout=output, stderr=output) as training:
        try:
            os.kill(worker_at_it(training, log), signal.SIGKILL)
            # In this process, which has TensorFlow already.
            assert main(command(data_file, tmp_path / "here")[2:]) == 0
            assert training.wait(_PATIENCE) == 0, log.read_text()
        finally:
            training.kill()
    ours, theirs = (keras.models.load_model(tmp_path / name / "model.keras") for name in ("here", "there"))
    for own, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert np.abs(own - other).max() < 1e-3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here", "log", "there"]


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere", "127.0.0.1:999999"])
def test_an_address_without_a_cluster_is_refused_at_once(address, test_set):
    with pytest.raises(ClusterError, match=f"No Ray cluster can be used at {address} .*ray start --head"):
        next(train_on_cluster(address, [], TrainingData(test_set, test_set, test_set, "data")))


def test_without_ray_the_message_says_how_to_install_it(monkeypatch, test_set):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"Ray is not installed .*pip install -r requirements-cluster.txt"):
        next(train_on_cluster("127.0.0.1:6379", [], TrainingData(test_set, test_set, test_set, "data")))

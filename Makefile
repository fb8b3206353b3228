# make app [PORT=8501] [HOST=127.0.0.1]   the app, on the shipped data and networks; HOST=0.0.0.0 lets phones in,
#                                          and with it TRAINING=on lets visitors train networks
# make quick                               the tests without a browser, training or Ray
# make test                                all tests
# make lint                                Ruff: rules and format; mypy: types
# make train                               trains the compact network again and replaces the shipped one

PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
TRAINING ?= $(DIGITS_TRAINING)
BIN := .venv/bin

.PHONY: app quick test lint train

app: .venv/app.stamp
	DIGITS_TRAINING=$(TRAINING) $(BIN)/python -m scripts.serve $(HOST) $(PORT)

quick: .venv/dev.stamp
	@echo "The quick tests take less than a minute on two cores."
	$(BIN)/python -m pytest -n 2 $(addprefix --ignore=tests/,browser benchmarks networks training)

test: .venv/dev.stamp
	@echo "All tests take about ten minutes on two cores."
	$(BIN)/python -m pytest -n 2

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: .venv/app.stamp
	$(BIN)/python train.py

# A stamp is written when pip has succeeded: a second run starts at once, a changed list installs again.
.venv/app.stamp: requirements.txt requirements-app.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch $@

.venv/dev.stamp: .venv/app.stamp requirements-dev.txt requirements-cluster.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@

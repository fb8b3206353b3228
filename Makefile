# make app [PORT=8501] [HOST=127.0.0.1]   the app, on the shipped data and networks; HOST=0.0.0.0 lets phones in
# make test                                all tests
# make lint                                Ruff: rules and format
# make train                               trains the compact network anew and replaces the shipped one

PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
BIN := .venv/bin

.PHONY: app test lint train

app: .venv/app.stamp
	$(BIN)/python -m scripts.serve $(HOST) $(PORT)

test: .venv/dev.stamp
	$(BIN)/python -m pytest

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

train: .venv/app.stamp
	$(BIN)/python train.py

# A stamp is written when pip has succeeded: a second run starts at once, a changed list installs again.
.venv/app.stamp: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch $@

.venv/dev.stamp: .venv/app.stamp requirements-dev.txt requirements-cluster.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@

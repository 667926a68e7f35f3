# Two commands are enough on a fresh machine: `make demo` and `make test`. Each makes the environment it needs.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(if $(shell command -v $(p)),$(p))))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests share the machine: TensorFlow's own threads would only get in each other's way.
WORKERS ?= 2

.PHONY: demo test test-android test-ios test-pi test-web lint format wheel clean

demo: $(STAMP)
	$(BIN)/edgernn demo --out edgernn-demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# Emulated Raspberry Pis: needs root or sudo, qemu-user-static and debootstrap (installed where apt-get is).
test-pi: $(STAMP)
	$(BIN)/python -m pytest -m pi tests/pi

# The runtime in TypeScript: types, tests with LiteRT.js in Node, size; then in the browsers that are installed.
test-web: $(STAMP)
	cd devices/web && npm ci && npm run check && npm run build && npm test && npm run test:browsers
	cd devices/web && npm run check:app && npm run test:app

# The Kotlin library on this machine's JVM, with the real engine: installs a JDK and the Kotlin compiler where they are missing.
test-android: $(STAMP)
	sh devices/android/test.sh $(CURDIR)/$(BIN)/python

# The Swift package: needs root on Debian or Ubuntu, and 3.3 GB for Swift (devices/ios/README.md).
test-ios: $(STAMP)
	sh devices/ios/test.sh

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $(STAMP)

# The runtime alone, for devices that get no package index: dist/edgernn-VERSION+runtime-py3-none-any.whl
wheel: $(STAMP)
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(BIN)/python -m edgernn.devices.runtime_wheel $$(ls dist/edgernn-*-py3-none-any.whl | grep -v +runtime | tail -1) dist

clean:
	rm -rf $(VENV) edgernn-demo dist build

"""Finds out which operator versions a TFLite runtime loads; makes this folder's tables.

Two steps, because the runtime asked may live in an environment of its own (it needs nothing but itself):

    python convert/targets/probe.py make FOLDER                      (where ai-edge-litert is installed)
    python convert/targets/probe.py ask FOLDER litert > convert/targets/litert.json
    python convert/targets/probe.py ask FOLDER tflite-runtime > convert/targets/tflite_runtime.json

Each probe is a model without operators whose table of operator codes names one operator in one version: a
runtime looks every code up when it loads a model, and refuses what it does not know.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from pathlib import Path

_MODULES = {
    "litert": ("ai_edge_litert.interpreter", "ai-edge-litert"),
    "tflite-runtime": ("tflite_runtime.interpreter", "tflite-runtime"),
}
_GREATEST_VERSION = 24


def make(folder: Path) -> None:
    """Writes one probe an operator and version, named OPERATOR.VERSION.tflite."""
    from ai_edge_litert import schema_py_generated as schema

    folder.mkdir(parents=True, exist_ok=True)
    codes = {name: code for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
    for name, code in codes.items():
        for version in range(1, _GREATEST_VERSION + 1):
            (folder / f"{name}.{version}.tflite").write_bytes(_probe(code, version))


def ask(folder: Path, runtime: str) -> dict[str, object]:
    """The greatest version of each operator that the installed runtime loads."""
    module, package = _MODULES[runtime]
    interpreter = importlib.import_module(module).Interpreter
    known: dict[str, int] = {}
    for file in sorted(folder.glob("*.tflite")):
        name, version, _ = file.name.split(".")
        try:
            interpreter(model_content=file.read_bytes())
        except (ValueError, RuntimeError):
            continue
        known[name] = max(known.get(name, 0), int(version))
    return {"runtime": f"{package} {importlib.metadata.version(package)}", "versions": known}


def _probe(code: int, version: int) -> bytes:
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    operator = schema.OperatorCodeT()
    operator.builtinCode = code
    operator.deprecatedBuiltinCode = min(code, 127)
    operator.version = version
    subgraph = schema.SubGraphT()
    subgraph.tensors, subgraph.inputs, subgraph.outputs, subgraph.operators = [], [], [], []
    model = schema.ModelT()
    model.version, model.operatorCodes = 3, [operator]
    model.subgraphs, model.buffers = [subgraph], [schema.BufferT()]
    builder = flatbuffers.Builder(256)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(json.dumps(ask(Path(sys.argv[2]), sys.argv[3]), indent=1, sort_keys=True))

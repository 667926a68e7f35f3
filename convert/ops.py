"""Lists the operators in a TFLite file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ai_edge_litert import schema_py_generated as schema

from edgernn.edge_runtime.spec.manifest import OpSpec

_NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}


def list_ops(model: bytes) -> tuple[OpSpec, ...]:
    """Every kind of operator with its version and count, all subgraphs together, most frequent first.

    Custom and Flex operators appear as "CUSTOM:name".
    """
    root = schema.Model.GetRootAs(model, 0)
    counts: Counter[tuple[str, int]] = Counter()
    for index in range(root.SubgraphsLength()):
        subgraph = root.Subgraphs(index)
        for number in range(subgraph.OperatorsLength()):
            code = root.OperatorCodes(subgraph.Operators(number).OpcodeIndex())
            counts[_name(code), code.Version()] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(OpSpec(name, version, count) for (name, version), count in ordered)


# Operators that read a few rows of a constant, not all of it.
_LOOKUPS = (schema.BuiltinOperator.GATHER, schema.BuiltinOperator.EMBEDDING_LOOKUP)
# Smaller constants are shapes and axes.
_LEAST_WEIGHT_BYTES = 64


@dataclass(frozen=True)
class WeightReads:
    """See the fields of `SignatureSpec`."""

    weight_bytes: int
    read_bytes: int
    largest_weight: int


def weight_reads(model: bytes) -> dict[str, WeightReads]:
    """What one call of each signature reads, by its name.

    All are 0 for a signature with a loop in its graph, which may turn any number of times.
    """
    root = schema.Model.GetRootAs(model, 0)
    found = {}
    for index in range(root.SignatureDefsLength()):
        signature = root.SignatureDefs(index)
        found[signature.SignatureKey().decode("utf-8")] = _reads(root, root.Subgraphs(signature.SubgraphIndex()))
    return found


def _reads(root: schema.Model, subgraph: schema.SubGraph) -> WeightReads:
    sizes: dict[int, int] = {}
    total = 0
    for number in range(subgraph.OperatorsLength()):
        operator = subgraph.Operators(number)
        code = root.OperatorCodes(operator.OpcodeIndex())
        builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if builtin == schema.BuiltinOperator.WHILE:
            return WeightReads(0, 0, 0)
        for tensor in () if builtin in _LOOKUPS else operator.InputsAsNumpy():
            buffer = subgraph.Tensors(tensor).Buffer() if tensor >= 0 else 0
            size = root.Buffers(buffer).DataLength() if buffer else 0
            if size >= _LEAST_WEIGHT_BYTES:
                sizes[buffer] = size
                total += size
    return WeightReads(sum(sizes.values()), total, max(sizes.values(), default=0))


def _name(code: schema.OperatorCode) -> str:
    builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if builtin == schema.BuiltinOperator.CUSTOM:
        return f"CUSTOM:{code.CustomCode().decode('utf-8', 'replace')}"
    return str(_NAMES.get(builtin, f"BUILTIN:{builtin}"))

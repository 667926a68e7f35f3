"""Lists the operators in a TFLite file."""

from __future__ import annotations

from collections import Counter

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


def _name(code: schema.OperatorCode) -> str:
    builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if builtin == schema.BuiltinOperator.CUSTOM:
        return f"CUSTOM:{code.CustomCode().decode('utf-8', 'replace')}"
    return str(_NAMES.get(builtin, f"BUILTIN:{builtin}"))

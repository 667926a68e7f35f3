"""One conversion, told to people."""

from __future__ import annotations

from typing import Any

from edgernn.convert.report.html import facts, heading, page, paragraph, table
from edgernn.convert.report.plots import line_plot


def conversion_lines(report: dict[str, Any]) -> list[str]:
    """A few lines for the terminal."""
    proof, quality = report["proof"], report["quality"]
    lines = [
        f"recipe    {report['quantization']['recipe']}: {report['quantization']['summary']}",
        f"lowering  {report['lowering']['name']} ({report['lowering']['reason']})",
        f"size      {report['bundle_bytes']:,} bytes, {report['model_bytes']:,} of them the model",
        f"proof     {proof['cases']} inputs against Keras: greatest error {proof['max_error']:.2e}, mean "
        f"{proof['mean_error']:.2e}, scale {proof['scale']:.3g}{_agreement(proof)}",
    ]
    lines.extend(f"tried     {tried}" for tried in _tried(report))
    if quality:
        pairs = [f"{name} {quality['keras'][name]:.4f} -> {value:.4f}" for name, value in quality["artifact"].items()]
        lines.append(
            f"quality   {quality['split']} split, {quality['examples']} examples, Keras -> artifact: {', '.join(pairs)}"
        )
    lines.extend(f"          {remark}" for remark in report["remarks"])
    return lines


def conversion_html(report: dict[str, Any]) -> str:
    """A page with everything the conversion found."""
    verdict = "passed: the artifact computes what Keras computes, within the recipe's bounds"
    body = [
        paragraph(verdict, "good")
        if report["passed"]
        else paragraph("failed: " + "; ".join(report["failures"]), "bad"),
        heading("Summary"),
        facts(_summary(report)),
        *_drift(report),
        *_quality(report["quality"]),
        *map(paragraph, report["remarks"]),
        *([heading("What auto tried"), *map(paragraph, _tried(report))] if "tried" in report else []),
        heading("Signatures"),
        table(
            ["signature", "steps", "inputs", "outputs"],
            [_signature(s) for s in report["execution"]["signatures"]],
        ),
        heading("Operators"),
        table(
            ["operator", "version", "count"],
            [(op["name"], op["version"], op["count"]) for op in report["ops"]],
        ),
    ]
    return page(f"Conversion of {report['source']}", body)


def _tried(report: dict[str, Any]) -> list[str]:
    """What "auto" tried, one sentence each."""
    return [
        f"{attempt['recipe']}, {attempt['bytes']:,} bytes: {'; '.join(attempt['failures']) or 'passed'}"
        for attempt in report.get("tried", [])
    ]


def _summary(report: dict[str, Any]) -> list[tuple[str, str]]:
    proof = report["proof"]
    return [
        ("recipe", report["quantization"]["summary"]),
        ("target", report["target"]),
        ("lowering", f"{report['lowering']['name']}: {report['lowering']['reason']}"),
        ("bundle", f"{report['bundle_bytes']:,} bytes"),
        ("model in it", f"{report['model_bytes']:,} bytes"),
        ("Keras parameters", f"{report['keras_parameters']:,}"),
        (
            "inputs compared",
            f"{proof['cases']}, {proof['from_states']} of them from states that are not zero{_agreement(proof)}",
        ),
        ("longest input", f"{proof['longest']} steps"),
        ("greatest error", f"{proof['max_error']:.3e} (scale {proof['scale']:.3g})"),
        ("mean error", f"{proof['mean_error']:.3e}"),
        (
            "allowed",
            f"greatest {report['bounds']['max_error']:g}, mean {report['bounds']['mean_error']:g} of the scale; more "
            "where the model itself amplifies rounding",
        ),
        ("proved with", report["proved_with"]),
        ("made with", ", ".join(f"{name} {version}" for name, version in report["versions"].items())),
    ]


def _agreement(proof: dict[str, Any]) -> str:
    agreement = proof["argmax_agreement"]
    return "" if agreement is None else f", same class in {100 * agreement:.2f} %"


def _quality(quality: dict[str, Any] | None) -> list[str]:
    if not quality:
        return []
    rows = [(name, f"{quality['keras'][name]:.4f}", f"{value:.4f}") for name, value in quality["artifact"].items()]
    return [
        heading(f"Quality on the {quality['split']} split ({quality['examples']} examples)"),
        table(["metric", "Keras", "artifact"], rows),
    ]


def _drift(report: dict[str, Any]) -> list[str]:
    points = report["drift"]
    if len(points) < 2:
        return []
    by_step = bool(report["execution"]["sequence_outputs"])
    axis = "time step" if by_step else "length of the input"
    return [
        heading(f"Greatest error by {axis}"),
        line_plot("error", {"greatest error": points}, axis),
    ]


def _signature(signature: dict[str, Any]) -> tuple[object, ...]:
    return (
        signature["name"],
        signature["steps"],
        ", ".join(f"{t['name']} {t['dtype']}{t['shape']}" for t in signature["inputs"]),
        ", ".join(f"{t['name']} {t['dtype']}{t['shape']}" for t in signature["outputs"]),
    )

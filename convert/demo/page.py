"""The demonstration's report: one self-contained HTML file."""

from __future__ import annotations

from edgernn.convert.demo.steps import Found
from edgernn.convert.demo.table import HEADER_OF, header, rows
from edgernn.convert.report.html import heading, page, paragraph, table
from edgernn.convert.report.plots import confusion_plot, line_plot, numbered


def demo_page(found: Found) -> str:
    """Everything that the demonstration found."""
    data = found.config["data"]
    counts = ", ".join(f"{count:,} {name}" for name, count in data["split"]["counts"].items())
    body = [
        paragraph(
            f"Trained on {data['name']} ({counts}; {data['split']['duplicates_removed']} duplicates removed, seed "
            f"{data['split']['seed']}). Quality is measured on the test split, with the files that ship."
        ),
        paragraph(f"Licence of the data: {data['licence']}. {data['credit']}", "note"),
        heading("Gained and lost"),
        table(header(found), rows(found)),
        paragraph("Times and memory are of this machine and this run: compare the columns, not the numbers.", "note"),
        *_confusion(found),
        *_curves(found),
        *_messages(found),
        *_operators(found),
    ]
    return page("EdgeRNN: from text messages to a checked one-file model", body)


def _confusion(found: Found) -> list[str]:
    artifact = found.artifacts[-1]
    metrics = artifact.evaluation["metrics"]
    title = f"Confusion matrix of the {HEADER_OF.get(artifact.recipe, artifact.recipe)} file, test split"
    return [heading(title), confusion_plot(title, metrics["labels"], metrics["confusion"])]


def _curves(found: Found) -> list[str]:
    history = found.metrics["history"]
    loss = {name: numbered(history[key]) for name, key in (("training", "loss"), ("validation", "val_loss"))}
    accuracy = {
        name: numbered(history[key]) for name, key in (("training", "accuracy"), ("validation", "val_accuracy"))
    }
    return [
        heading(f"Training: the weights of epoch {found.metrics['best_epoch']} were kept"),
        line_plot("loss", loss, "epoch"),
        line_plot("accuracy", accuracy, "epoch"),
    ]


def _messages(found: Found) -> list[str]:
    lines = [
        (result["text"], result["categories"][0]["label"], f"{result['categories'][0]['score']:.3f}")
        for result in found.classified
    ]
    return [heading("A few messages, by the int8 file"), table(["message", "label", "score"], lines)]


def _operators(found: Found) -> list[str]:
    body = [heading("Operators in the graphs")]
    for artifact in found.artifacts:
        report = artifact.conversion
        signatures = ", ".join(signature["name"] for signature in report["execution"]["signatures"])
        total = sum(op["count"] for op in report["ops"])
        body.append(paragraph(f"{artifact.path.name}: {total} operators, all native, in {signatures} (shared weights)"))
        body.append(
            table(
                ["operator", "version", "count"],
                [(o["name"], o["version"], o["count"]) for o in report["ops"]],
            )
        )
    return body

"""Every command. The one place that knows all parts of the kit, and it knows them by name only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command of `edgernn`.

    Attributes:
      name: as it is typed.
      module: holds `add_arguments(parser)` and `run(args)`; imported when the command is used.
      summary: one line for the list.
      extra: the installation extra that brings what it needs, or "" for the runtime's own commands.
    """

    name: str
    module: str
    summary: str
    extra: str = ""


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("demo", "edgernn.convert.demo.cli", "train, convert, run and report on real data", "train,convert"),
        Command("data", "edgernn.train.data.cli", "list and fetch data sets", "train"),
        Command("train", "edgernn.train.cli", "train a model for a task", "train,convert"),
        Command("convert", "edgernn.convert.cli", "turn a Keras model into a checked one-file bundle", "convert"),
        Command("info", "edgernn.edge_runtime.cli.info", "what a bundle says of itself"),
        Command("run", "edgernn.edge_runtime.cli.run_", "run a bundle on your input"),
        Command("eval", "edgernn.edge_runtime.cli.eval_", "the task's metric of the artifact that ships"),
        Command(
            "selftest",
            "edgernn.edge_runtime.cli.selftest",
            "does this device compute what the workstation did?",
        ),
        Command("bench", "edgernn.edge_runtime.cli.bench", "load time, latency and memory on this machine"),
        Command(
            "serve", "edgernn.edge_runtime.cli.serve", "models over HTTP, beside the device's other services", "serve"
        ),
        Command("deploy", "edgernn.devices.deploy.cli", "a bundle onto devices: tested there, rolled back on failure"),
        Command("export-app", "edgernn.devices.export.cli", "a ready web, Android or iOS project with a bundle inside"),
        Command("doctor", "edgernn.edge_runtime.cli.doctor", "what this machine can run, and how to mend the rest"),
    )
}

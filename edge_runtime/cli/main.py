"""Finds the command, runs it, and turns every failure into one line and an exit status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from edgernn.edge_runtime.cli.commands import COMMANDS, Command
from edgernn.edge_runtime.cli.output import one_line, quiet_native_logs_for_good
from edgernn.edge_runtime.errors import CheckFailed, EdgeRNNError

_NOT_IN_THE_RUNTIMES_WHEEL = (
    *("edgernn.train", "edgernn.convert", "edgernn.devices"),
    *("edgernn.edge_runtime.cli.eval_", "edgernn.edge_runtime.cli.serve", "edgernn.edge_runtime.serve"),
)
EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `edgernn ARGUMENTS`; returns the exit status (0 done, 1 a check failed, 2 bad usage or input)."""
    try:
        status = _dispatch(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has gone; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help"):
        print(_overview())
        return 0 if words else EXIT_USAGE
    if words[0] in ("-V", "--version"):
        print(f"edgernn {_version()}")
        return 0
    command = COMMANDS.get(words[0])
    if command is None:
        return _fail("edgernn", f"unknown command {words[0]!r}: see edgernn --help", EXIT_USAGE)
    return _guarded(command, words[1:])


def _guarded(command: Command, words: list[str]) -> int:
    name = f"edgernn {command.name}"
    try:
        return _run(command, words)
    except CheckFailed as error:
        return _fail(name, str(error), EXIT_FAILED)
    except EdgeRNNError as error:
        return _fail(name, str(error), EXIT_USAGE)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        raise
    except ModuleNotFoundError as error:
        return _fail(name, _missing(command, error), EXIT_USAGE)
    except OSError as error:
        return _fail(name, f"{error.filename or 'a file'}: {error.strerror or error}", EXIT_USAGE)
    except MemoryError:
        return _fail(name, "not enough memory: close other programs, or give a smaller input", EXIT_USAGE)
    except Exception as error:
        return _fail(name, _defect(error), EXIT_USAGE)


def _run(command: Command, words: list[str]) -> int:
    quiet_native_logs_for_good()
    module: Any = importlib.import_module(command.module)
    parser = _Parser(prog=f"edgernn {command.name}", description=command.summary[0].upper() + command.summary[1:] + ".")
    module.add_arguments(parser)
    status: int = module.run(parser.parse(words))
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and takes options before, between and behind the inputs."""

    _has_tasks = False

    def add_subparsers(self, **settings: Any) -> Any:
        self._has_tasks = True
        return super().add_subparsers(**settings)

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        # argparse cannot mix them where there are subcommands; these have no list of inputs.
        return self.parse_args(words) if self._has_tasks else self.parse_intermixed_args(words)

    def error(self, message: str) -> NoReturn:
        sys.exit(_fail(self.prog, f"{message} (see {self.prog} --help)", EXIT_USAGE))


def _fail(name: str, message: str, status: int) -> int:
    print(f"{name}: {one_line(message)}", file=sys.stderr)
    return status


def _missing(command: Command, error: ModuleNotFoundError) -> str:
    name = error.name or ""
    if name.startswith(_NOT_IN_THE_RUNTIMES_WHEEL):
        needed = "edgernn" if name.startswith("edgernn.devices") else f'"edgernn[{command.extra or "eval"}]"'
        return f"is not in the runtime's own wheel, which is what is installed: pip install {needed}"
    if not command.extra or name.startswith("edgernn"):
        return _defect(error)
    return f'needs {error.name}, which is not installed: pip install "edgernn[{command.extra}]"'


def _defect(error: BaseException) -> str:
    if os.environ.get("EDGERNN_TRACEBACK") == "1":
        traceback.print_exception(error)
    text = str(error) or "no message"
    return f"{type(error).__name__}: {text} (this is a defect: EDGERNN_TRACEBACK=1 shows where)"


def _overview() -> str:
    lines = [f"  {command.name:<12}{command.summary}" for command in COMMANDS.values()]
    return "\n".join(
        [
            "usage: edgernn COMMAND [OPTIONS]",
            "",
            "Train, quantize, convert and run recurrent Keras models on small devices.",
            "",
            *lines,
            "",
            "edgernn COMMAND --help shows a command's options; edgernn --version the version.",
        ]
    )


def _version() -> str:
    import importlib.metadata

    return importlib.metadata.version("edgernn")


if __name__ == "__main__":
    sys.exit(main())

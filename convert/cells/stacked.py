"""Several cells that work as one: each takes the output of the one before, in the same step."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.convert.cells.base import CellLowering, Projected, States, Tensor


class StackedLowering(CellLowering):
    """`keras.layers.StackedRNNCells`. Only the first cell's projection can be hoisted out of the loop."""

    def __init__(self, cells: Sequence[CellLowering]) -> None:
        self._cells = cells
        self.state_names = tuple(f"{i}_{name}" for i, cell in enumerate(cells) for name in cell.state_names)
        before_last = len(self.state_names) - len(cells[-1].state_names)
        last = cells[-1].output_state
        self.output_state = None if last is None else before_last + last

    def project(self, inputs: Tensor) -> Projected:
        """See base."""
        return self._cells[0].project(inputs)

    def step(self, projected: Projected, states: States) -> tuple[Tensor, States]:
        """See base."""
        at = 0
        after: list[Tensor] = []
        for cell, following in zip(self._cells, [*self._cells[1:], None], strict=True):
            count = len(cell.state_names)
            value, new = cell.step(projected, states[at : at + count])
            after.extend(new)
            at += count
            if following is not None:
                projected = tuple(part[:, 0] for part in following.project(value[:, None]))
        return value, tuple(after)

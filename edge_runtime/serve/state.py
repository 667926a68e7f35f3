"""What a running server has in hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edgernn.edge_runtime.serve.models import Models
from edgernn.edge_runtime.serve.options import ServeOptions
from edgernn.edge_runtime.serve.pool import Pool
from edgernn.edge_runtime.serve.store import SessionStore

if TYPE_CHECKING:
    from edgernn.edge_runtime.serve.metrics import Metrics

# A call may overrun by what one call of an engine takes; after this much the server counts as stuck.
_STUCK_AFTER = 60.0


@dataclass
class State:
    """Shared by all requests.

    Attributes:
      options: the limits.
      models: what is served.
      pool: where models compute.
      sessions: that are open.
      metrics: what is counted.
      hosts: names in `Host` that are answered, or None for any.
      draining: whether the server is about to end.
    """

    options: ServeOptions
    models: Models
    pool: Pool
    sessions: SessionStore
    metrics: Metrics
    hosts: frozenset[str] | None = None
    draining: bool = field(default=False)

    def stuck(self) -> bool:
        """Whether a call has long overrun its time: an engine hangs."""
        return self.pool.longest() > self.options.timeout + _STUCK_AFTER

"""Every lowering by name, in the order in which `auto` considers them."""

from __future__ import annotations

from edgernn.convert.lowerings.base import Lowering
from edgernn.convert.lowerings.chunked import Chunked
from edgernn.convert.lowerings.stepping import Stepping
from edgernn.convert.lowerings.unrolled import Unrolled
from edgernn.convert.lowerings.while_loop import WhileLoop

LOWERINGS: dict[str, Lowering] = {
    lowering.name: lowering for lowering in (Chunked(), Stepping(), Unrolled(), WhileLoop())
}

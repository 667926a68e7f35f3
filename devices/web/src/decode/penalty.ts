/** Discourages tokens that have come: logits above 0 are divided by the penalty, others multiplied, in float32. */
export function discourage(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  const factor = Math.fround(penalty);
  for (const token of seen) {
    const value = logits[token]!;
    logits[token] = value > 0 ? value / factor : value * factor;
  }
}

/** What may follow each of a few sequences; whoever gets it may change it. */
export interface Scored {
  /** [vocabulary] of each sequence. */
  readonly logits: readonly Float32Array[];
  /** How much of each part of the source went into them, [source] of each sequence. */
  readonly attention: readonly Float32Array[] | null;
}

/** Sequences that are being generated side by side. */
export interface BatchScorer {
  /**
   * Takes a token in for each sequence that goes on.
   *
   * @param parents number, among the sequences before, of the one that each goes on from.
   * @param tokens as many.
   */
  step(parents: readonly number[], tokens: readonly number[]): Promise<Scored>;
}

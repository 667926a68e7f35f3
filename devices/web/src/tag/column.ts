import type { Label, LabelScore } from "../outcomes.js";
import type { ColumnSpec } from "../spec/tasks.js";
import type { Crf, Steps } from "./crf.js";
import { type LabelSpan, OUTSIDE, spansOf } from "./schemes.js";

/** Between the labels of a word that has several. */
const SEVERAL = "|";

/** A sentence's labels. */
export interface Answer {
  /** Of each token. */
  readonly labels: readonly Label[];
  readonly scores: readonly LabelScore[];
  /** Of each token's whole answer, 0 to 1. */
  readonly sureness: readonly number[];
  /** That the labels mark, with the probability of each; none without a scheme. */
  readonly spans: readonly (LabelSpan & { readonly score: number })[];
}

/** One column of labels: from the network's scores to labels, their probabilities and the spans that they mark. */
export class Column {
  constructor(
    readonly spec: ColumnSpec,
    readonly labels: readonly string[],
    readonly crf: Crf,
  ) {}

  /** Labels with their probabilities, of one step or more. */
  answer(scores: Steps): Answer {
    if (this.spec.kind === "several") return this.several(scores);
    const path = this.crf.best(scores);
    const lattice = this.crf.lattice(scores);
    const { probabilities } = lattice;
    const sureness = path.map((label, step) => probabilities[step]![label]!);
    const labels = path.map((label) => this.labels[label]!);
    const spans = this.spec.scheme === "none" ? [] : spansOf(labels);
    return {
      labels,
      scores: sureness,
      sureness,
      spans: spans.map((span) => ({ ...span, score: lattice.probability(span.start, path.slice(span.start, span.stop)) })),
    };
  }

  private several(scores: Steps): Answer {
    const rows = scores.map((row) => Array.from(row, (score, at) => ({ label: this.labels[at]!, score, share: sigmoid(score) })));
    const chosen = rows.map((row) => row.filter((one) => one.score > 0));
    return {
      labels: chosen.map((row) => row.map((one) => one.label)),
      scores: chosen.map((row) => row.map((one) => one.share)),
      sureness: rows.map((row) => Math.min(...row.map((one) => Math.max(one.share, 1 - one.share)))),
      spans: [],
    };
  }
}

/** As files hold it. */
export function joined(label: Label): string {
  return typeof label === "string" ? label : [...label].sort().join(SEVERAL) || OUTSIDE;
}

function sigmoid(score: number): number {
  return 0.5 * (1 + Math.tanh(0.5 * score));
}

import { argmax } from "../decode/select.js";

/** What labels add to each other's scores. */
export interface CrfWeights {
  /** [labels][labels], from the row's label to the column's. */
  readonly transitions: readonly Float64Array[];
  /** [labels], of the first label. */
  readonly start: Float64Array;
  /** [labels], of the last one. */
  readonly end: Float64Array;
}

/** Scores of each step, [labels]. */
export type Steps = readonly ArrayLike<number>[];

/** Linear-chain conditional random fields (Lafferty et al. 2001): the best labels, and how sure they are. */
export class Crf {
  private readonly size: number;

  constructor(private readonly weights: CrfWeights) {
    this.size = weights.start.length;
  }

  /** Labels that take no notice of each other. */
  static independent(labels: number): Crf {
    const nothing = () => new Float64Array(labels);
    return new Crf({ transitions: Array.from({ length: labels }, nothing), start: nothing(), end: nothing() });
  }

  /** The labels with the greatest sum of scores (Viterbi 1967); of equal ones, from the end, the lower ids. */
  best(scores: Steps): number[] {
    const { transitions, start, end } = this.weights;
    const totals: Float64Array[] = [Float64Array.from(start, (value, label) => value + scores[0]![label]!)];
    for (const step of scores.slice(1)) {
      const before = totals.at(-1)!;
      totals.push(this.each((label) => this.most((from) => before[from]! + transitions[from]![label]!) + step[label]!));
    }
    const last = totals.at(-1)!;
    const labels = [argmax(this.each((label) => last[label]! + end[label]!))];
    for (const total of totals.slice(0, -1).reverse()) {
      const next = labels[0]!;
      labels.unshift(argmax(this.each((label) => total[label]! + transitions[label]![next]!)));
    }
    return labels;
  }

  /** All sequences at once (forward-backward), in logarithms. */
  lattice(scores: Steps): Lattice {
    const { transitions, end } = this.weights;
    const forward: Float64Array[] = [];
    for (const step of scores) forward.push(this.onward(forward.at(-1) ?? null, step));
    const backward: Float64Array[] = [Float64Array.from(end)];
    for (let step = scores.length - 1; step > 0; step--) {
      const after = backward[0]!;
      const here = scores[step]!;
      backward.unshift(this.each((label) => this.logSum((to) => transitions[label]![to]! + here[to]! + after[to]!)));
    }
    return new Lattice(this.weights, scores, forward, backward);
  }

  /**
   * Logarithms of the sums over all beginnings, one step on.
   *
   * @param before of the step before, or null at a sequence's beginning.
   * @param scores of this step.
   */
  onward(before: Float64Array | null, scores: ArrayLike<number>): Float64Array {
    const { transitions, start } = this.weights;
    if (!before) return this.each((label) => start[label]! + scores[label]!);
    return this.each((label) => this.logSum((from) => before[from]! + transitions[from]![label]!) + scores[label]!);
  }

  private each(value: (label: number) => number): Float64Array {
    return Float64Array.from({ length: this.size }, (_, label) => value(label));
  }

  private most(value: (label: number) => number): number {
    let most = -Infinity;
    for (let label = 0; label < this.size; label++) most = Math.max(most, value(label));
    return most;
  }

  private logSum(value: (label: number) => number): number {
    return logSum(this.each(value));
  }
}

/** All sequences of labels over some steps. */
export class Lattice {
  constructor(
    private readonly weights: CrfWeights,
    private readonly scores: Steps,
    private readonly forward: readonly Float64Array[],
    private readonly backward: readonly Float64Array[],
  ) {}

  /** Of each label at each step. */
  get probabilities(): Float64Array[] {
    return this.forward.map((sums, step) => softmax(sums.map((value, label) => value + this.backward[step]![label]!)));
  }

  /** That the steps from `start` on have just these labels, whatever the others have. */
  probability(start: number, labels: readonly number[]): number {
    let path = this.forward[start]![labels[0]!]! + this.backward[start + labels.length - 1]![labels.at(-1)!]!;
    for (let at = 1; at < labels.length; at++) {
      path += this.scores[start + at]![labels[at]!]! + this.weights.transitions[labels[at - 1]!]![labels[at]!]!;
    }
    const everything = logSum(this.forward[start]!.map((value, label) => value + this.backward[start]![label]!));
    return Math.exp(Math.min(path - everything, 0));
  }
}

/** Probabilities of logarithms. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  const whole = logSum(scores);
  return Float64Array.from(scores, (value) => Math.exp(value - whole));
}

export function logSum(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let at = 0; at < values.length; at++) most = Math.max(most, values[at]!);
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += Math.exp(values[at]! - most);
  return most + Math.log(sum);
}

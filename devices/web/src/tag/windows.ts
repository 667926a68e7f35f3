import type { TagSpec } from "../spec/tasks.js";

/** Longer windows are slower by the word. */
const LONGEST = 64;

/** Words `start` up to `stop` are read; of these the scores of `first` up to `last` are kept. */
export interface Window {
  readonly start: number;
  readonly stop: number;
  readonly first: number;
  readonly last: number;
}

/** Words that a model which reads in both directions is given at once. */
export function longestWindow(task: TagSpec): number {
  return Math.min(task.max_words, LONGEST);
}

/** Windows over a sentence for such a model. */
export function windowsFor(count: number, task: TagSpec): Window[] {
  const size = longestWindow(task);
  return windowsOf(count, size, Math.min(task.overlap, Math.floor(size / 4)));
}

/**
 * Windows that cover a sentence; a word that two windows share is kept where it lies nearer the middle.
 *
 * @param count words of the sentence, 1 or more.
 * @param size words that a window holds at most.
 * @param overlap words that neighbours share at least, less than `size`.
 */
export function windowsOf(count: number, size: number, overlap: number): Window[] {
  const last = Math.max(0, count - size);
  const starts: number[] = [];
  for (let start = 0; start < last; start += size - overlap) starts.push(start);
  starts.push(last);
  const edges = starts.slice(1).map((right, at) => Math.floor((starts[at]! + size + right) / 2));
  return starts.map((start, at) => ({
    start,
    stop: Math.min(start + size, count),
    first: at ? edges[at - 1]! : 0,
    last: edges[at] ?? count,
  }));
}

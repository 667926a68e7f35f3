/** Indices of the k greatest scores, the greatest first; of equal ones those with the lower index, and these first. */
export function greatest(scores: Float32Array | Float64Array, k: number): number[] {
  if (k >= scores.length) return ranked(scores, Array.from(scores.keys()));
  // A heap of the best so far, the worst of them on top.
  const heap: number[] = [];
  const worse = (a: number, b: number) => scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b);
  for (let index = 0; index < scores.length; index++) {
    if (heap.length < k) {
      heap.push(index);
      rise(heap, worse);
    } else if (scores[index]! > scores[heap[0]!]!) {
      heap[0] = index;
      sink(heap, worse);
    }
  }
  return ranked(scores, heap);
}

/** The greatest score's index, of equal ones the lowest. */
export function argmax(scores: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < scores.length; index++) if (scores[index]! > scores[best]!) best = index;
  return best;
}

function ranked(scores: ArrayLike<number>, indices: number[]): number[] {
  return indices.sort((a, b) => compare(scores[b]!, scores[a]!) || a - b);
}

/** Of numbers that may be infinite: their difference may be none. */
export function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function rise(heap: number[], worse: (a: number, b: number) => boolean): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!worse(heap[child]!, heap[parent]!)) return;
    [heap[child], heap[parent]] = [heap[parent]!, heap[child]!];
    child = parent;
  }
}

function sink(heap: number[], worse: (a: number, b: number) => boolean): void {
  for (let parent = 0; ; ) {
    let least = parent;
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && worse(heap[child]!, heap[least]!)) least = child;
    }
    if (least === parent) return;
    [heap[least], heap[parent]] = [heap[parent]!, heap[least]!];
    parent = least;
  }
}

import { InputError } from "./errors.js";

/** One call: which signature, and which steps of the sequence it takes. */
export interface Piece {
  readonly signature: number;
  readonly start: number;
  readonly stop: number;
}

/**
 * The fewest calls for a sequence: the greatest size that fits, again and again.
 *
 * @param length number of steps, 1 or more.
 * @param sizes steps by signature, greatest first, the last one 1.
 */
export function chunkPlan(length: number, sizes: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  sizes.forEach((size, signature) => {
    for (; length - start >= size; start += size) pieces.push({ signature, start, stop: start + size });
  });
  return pieces;
}

/**
 * The shortest signature that holds the sequence.
 *
 * @param length number of steps, 1 or more.
 * @param sizes steps by signature, greatest first.
 * @throws InputError the sequence is longer than every signature.
 */
export function wholePlan(length: number, sizes: readonly number[]): Piece {
  const signature = sizes.findLastIndex((size) => size >= length);
  if (signature < 0) {
    throw new InputError(
      `sequence of ${length} steps is longer than this bundle takes (${sizes[0]}): ` +
        "cut it, or convert again with a longer --max-length",
    );
  }
  return { signature, start: 0, stop: length };
}

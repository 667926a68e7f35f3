import type { Reading } from "./reading.js";

const KEPT = 4;

/** Keeps the states after the texts that were read last: who types on does not wait for the beginning again. */
export class Prefixes {
  private readings: Reading[] = [];

  /** A copy of the reading of the longest beginning of `tokens` that is known, or null. */
  longest(tokens: readonly number[]): Reading | null {
    const known = this.readings.filter(
      ({ tokens: before }) => before.length <= tokens.length && before.every((token, at) => token === tokens[at]),
    );
    if (!known.length) return null;
    const best = known.reduce((one, other) => (other.tokens.length > one.tokens.length ? other : one));
    this.readings = [...this.readings.filter((one) => one !== best), best];
    return best.fork();
  }

  /** Remembers a copy; the one that was used least lately goes. */
  keep(reading: Reading): void {
    const same = String(reading.tokens);
    this.readings = [...this.readings.filter((one) => String(one.tokens) !== same), reading.fork()].slice(-KEPT);
  }

  /** Forgets all. */
  clear(): void {
    this.readings = [];
  }
}

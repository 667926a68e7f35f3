import { discourage } from "./penalty.js";
import type { BatchScorer, Scored } from "./scorer.js";
import type { Score } from "./scores.js";
import { argmax, compare, greatest } from "./select.js";

/** A sequence of tokens. */
export interface Hypothesis {
  /** Without the one that ends it. */
  readonly tokens: readonly number[];
  /** Natural, of all tokens and of the end where it has come. */
  readonly logProbability: number;
  readonly score: number;
  readonly ended: boolean;
  /** A row a token. */
  readonly attention: readonly Float32Array[] | null;
}

/** Where a search ends. */
export interface Limits {
  readonly beams: number;
  readonly maxTokens: number;
  readonly maxSeconds: number | null;
  readonly repetitionPenalty: number;
}

/** A token of the likeliest sequence; the one that ends it is the last. */
export interface Chosen {
  readonly token: number;
  readonly logProbability: number;
  readonly attention: Float32Array | null;
}

interface Live {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  readonly attention: readonly Float32Array[];
}

interface Candidate {
  readonly parent: number;
  readonly token: number;
  readonly total: number;
}

/** The best first; with one beam the likeliest token, again and again. The arguments are those of `search`. */
export async function bestSequences(
  scorer: BatchScorer,
  first: Scored,
  limits: Limits,
  score: Score,
  end: number,
  forbidden: readonly number[],
): Promise<Hypothesis[]> {
  if (limits.beams > 1) return search(scorer, first, limits, score, end, forbidden);
  const chosen: Chosen[] = [];
  for await (const one of greedy(scorer, first, limits, end, forbidden)) chosen.push(one);
  return [greedyHypothesis(chosen, end, score)];
}

/** The likeliest token, again and again, as it is found; of equal ones that with the lower id. */
export async function* greedy(
  scorer: BatchScorer,
  first: Scored,
  limits: Limits,
  end: number | null,
  forbidden: readonly number[],
): AsyncGenerator<Chosen> {
  const late = deadline(limits.maxSeconds);
  let scored = first;
  for (let turn = 0; turn < limits.maxTokens && !late(); turn++) {
    const logits = scored.logits[0]!;
    for (const token of forbidden) logits[token] = -Infinity;
    const token = argmax(logits);
    yield { token, logProbability: logits[token]! - logNormalizer(logits), attention: scored.attention?.[0] ?? null };
    if (token === end) return;
    if (turn + 1 < limits.maxTokens) scored = await scorer.step([0], [token]);
  }
}

/**
 * The best sequences that go on from here, the best first; see Python's `decode/search.py` for the rules.
 *
 * @param scorer the sequence so far, as number 0; it is used up.
 * @param first what follows it, of one row.
 * @param limits beams, tokens, seconds.
 * @param score compares sequences when all are found.
 * @param end the token that ends a sequence, or null where none does.
 * @param forbidden tokens that never come.
 */
export async function search(
  scorer: BatchScorer,
  first: Scored,
  limits: Limits,
  score: Score,
  end: number | null,
  forbidden: readonly number[],
): Promise<Hypothesis[]> {
  const late = deadline(limits.maxSeconds);
  const ended: Hypothesis[] = [];
  let live: Live[] = [{ tokens: [], logProbability: 0, attention: [] }];
  let scored = first;
  for (let turn = 0; turn < limits.maxTokens; turn++) {
    if (!live.length || ended.length >= limits.beams || late()) break;
    const survivors: Candidate[] = [];
    for (const [place, one] of ranked(live, scored.logits, limits, forbidden).entries()) {
      const parent = live[one.parent]!;
      if (one.token === end) {
        if (place < limits.beams) ended.push(finished(parent, one.total, score, true, rowOf(scored, one.parent)));
      } else if (survivors.length < limits.beams) survivors.push(one);
    }
    live = survivors.map((one) => extended(live[one.parent]!, one, rowOf(scored, one.parent)));
    if (live.length && ended.length < limits.beams && turn + 1 < limits.maxTokens) {
      scored = await scorer.step(
        survivors.map((one) => one.parent),
        survivors.map((one) => one.token),
      );
    }
  }
  ended.push(...live.map((one) => finished(one, one.logProbability, score, false, null)));
  return ended.sort((a, b) => compare(b.score, a.score)).slice(0, limits.beams);
}

/** The logarithm of the sum of the exponentials. */
export function logNormalizer(logits: Float32Array): number {
  let most = -Infinity;
  for (const value of logits) if (value > most) most = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(Math.fround(value - most));
  return Math.log(sum) + most;
}

/** The best continuations: twice as many as there are beams. */
function ranked(
  live: readonly Live[],
  logits: readonly Float32Array[],
  limits: Limits,
  forbidden: readonly number[],
): Candidate[] {
  const size = logits[0]!.length;
  const bases = live.map((one, parent) => {
    const row = logits[parent]!;
    for (const token of forbidden) row[token] = -Infinity;
    if (limits.repetitionPenalty !== 1) discourage(row, new Set(one.tokens), limits.repetitionPenalty);
    return one.logProbability - logNormalizer(row);
  });
  // One look at all of them in float32; the sums in double precision are those of the few that are chosen.
  const flat = new Float32Array(live.length * size);
  bases.forEach((base, parent) => {
    const row = logits[parent]!;
    const rounded = Math.fround(base);
    for (let token = 0; token < size; token++) flat[parent * size + token] = row[token]! + rounded;
  });
  return greatest(flat, Math.min(2 * limits.beams, flat.length))
    .map((place) => {
      const parent = Math.floor(place / size);
      const token = place % size;
      return { parent, token, total: logits[parent]![token]! + bases[parent]! };
    })
    .filter((one) => one.total > -Infinity)
    .sort((a, b) => compare(b.total, a.total) || a.parent - b.parent || a.token - b.token);
}

function finished(one: Live, total: number, score: Score, ended: boolean, last: Float32Array | null): Hypothesis {
  const rows = last ? [...one.attention, last] : one.attention;
  return {
    tokens: one.tokens,
    logProbability: total,
    score: score(total, one.tokens.length + Number(ended), summed(rows)),
    ended,
    attention: one.attention.length ? one.attention : null,
  };
}

function extended(one: Live, { token, total }: Candidate, attention: Float32Array | null): Live {
  return {
    tokens: [...one.tokens, token],
    logProbability: total,
    attention: attention ? [...one.attention, attention] : one.attention,
  };
}

function greedyHypothesis(chosen: readonly Chosen[], end: number, score: Score): Hypothesis {
  const ended = chosen.at(-1)?.token === end;
  const said = ended ? chosen.slice(0, -1) : chosen;
  const rows = chosen.flatMap((one) => (one.attention ? [one.attention] : []));
  const total = chosen.reduce((sum, one) => sum + one.logProbability, 0);
  return {
    tokens: said.map((one) => one.token),
    logProbability: total,
    score: score(total, chosen.length, summed(rows)),
    ended,
    attention: said.length && rows.length ? rows.slice(0, said.length) : null,
  };
}

/** The sum of rows, in float32. */
function summed(rows: readonly Float32Array[]): Float32Array | null {
  if (!rows.length) return null;
  const found = rows[0]!.slice();
  for (const row of rows.slice(1)) for (let at = 0; at < found.length; at++) found[at]! += row[at]!;
  return found;
}

function rowOf(scored: Scored, number: number): Float32Array | null {
  return scored.attention?.[number] ?? null;
}

/** Whether the time is over. */
export function deadline(maxSeconds: number | null): () => boolean {
  if (maxSeconds === null) return () => false;
  const end = performance.now() + 1000 * maxSeconds;
  return () => performance.now() >= end;
}

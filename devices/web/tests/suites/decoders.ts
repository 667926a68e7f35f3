import { decodeOptions } from "../../src/decode/options.js";
import { Sampler } from "../../src/decode/sampling.js";
import type { BatchScorer } from "../../src/decode/scorer.js";
import { byLength, byLengthAndCoverage } from "../../src/decode/scores.js";
import { bestSequences } from "../../src/decode/search.js";
import { StopStrings } from "../../src/decode/stop.js";
import { type RandomTensor, randomValues } from "../../src/random-tensor.js";
import type { GenerateSettings } from "../../src/settings.js";
import { all, near, same } from "../support/comparing.js";
import { camelCase, type Case, type Suite } from "../support/context.js";

function rowsOf(spec: RandomTensor): Float32Array[] {
  const data = randomValues(spec).data as Float32Array;
  const [count = 0, size = 0] = spec.shape;
  return Array.from({ length: count }, (_, row) => data.slice(row * size, (row + 1) * size));
}

function optionsOf(given: Record<string, unknown>) {
  const seed = given["seed"] === undefined ? {} : { seed: BigInt(given["seed"] as string) };
  return decodeOptions({ ...camelCase(given), ...seed } as GenerateSettings);
}

export const sampling: Suite = async function* (vectors) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["cases"]!) {
    const options = optionsOf(one.options);
    const rows = rowsOf(one.logits);
    const sampler = new Sampler(options, one.forbidden);
    sampler.see(one.seen);
    const tokens = rows.map((row) => sampler.choose(row.slice()));
    yield {
      name: `${JSON.stringify(one.options)} of ${one.logits.shape}`,
      faults: all(same(tokens, one.tokens, "tokens"), one.distribution ? distribution(one, rows[0]!, tolerance) : []),
    };
  }
};

function distribution(one: Case, row: Float32Array, tolerance: number): string[] {
  for (const token of one.forbidden) row[token] = -Infinity;
  const found = new Sampler(optionsOf(one.options), one.forbidden).distribution(row);
  return all(
    same(found.ids, one.distribution.ids, "ids"),
    near(found.probabilities, one.distribution.probabilities, tolerance, "probabilities"),
  );
}

export const beams: Suite = async function* (vectors) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["cases"]!) {
    const [logits, attention] = [rowsOf(one.table), rowsOf(one.attention)];
    const scored = (tokens: readonly number[]) => ({
      logits: tokens.map((token) => logits[token]!.slice()),
      attention: tokens.map((token) => attention[token]!.slice()),
    });
    const scorer: BatchScorer = { step: async (_, tokens) => scored(tokens) };
    const { length, length_penalty: penalty, coverage_penalty: coverage } = one.score;
    const score = length === undefined ? byLengthAndCoverage(penalty, coverage) : byLength(length);
    const limits = { maxSeconds: null, repetitionPenalty: 1, ...camelCase(one.limits) } as never;
    const found = await bestSequences(scorer, scored([one.begin]), limits, score, one.end, one.forbidden);
    const wanted = one.hypotheses as Case[];
    yield {
      name: `${JSON.stringify(one.limits)} ${JSON.stringify(one.score)} of ${one.table.shape[0]}`,
      faults: wanted.flatMap((hypothesis, at) =>
        all(
          same(found[at]?.tokens, hypothesis.tokens, `tokens ${at}`),
          same(found[at]?.ended, hypothesis.ended, `ended ${at}`),
          near([found[at]!.logProbability, found[at]!.score], [hypothesis.log_probability, hypothesis.score], tolerance, `scores ${at}`),
        ),
      ),
    };
  }
};

export const stops: Suite = async function* (vectors) {
  const defaults = camelCase(vectors["defaults"] as unknown as Record<string, unknown>);
  yield { name: "defaults", faults: same(decodeOptions({}), defaults, "defaults") };
  for (const one of vectors["cases"]!) {
    const stops = new StopStrings(one.stop);
    const passed = one.parts.map((part: string) => stops.feed(part));
    yield {
      name: `${JSON.stringify(one.stop)} in ${JSON.stringify(one.parts)}`,
      faults: all(
        same(passed, one.passed, "passed"),
        same(stops.stopped, one.stopped, "stopped"),
        same(stops.finish(), one.rest, "rest"),
      ),
    };
  }
};

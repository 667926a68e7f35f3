import type { Suite } from "../support/context.js";
import { beams, sampling, stops } from "./decoders.js";
import { bad_bundles, bundles, random, tensors } from "./formats.js";
import { pictures, series } from "./numbers.js";
import { steps } from "./steps.js";
import { caption, classify, forecast, lm, tag, translate } from "./tasks.js";
import { crf, tokens, words } from "./texts.js";

/** A suite for each file of vectors. */
export const SUITES: Readonly<Record<string, Suite>> = {
  random,
  tensors,
  bundles,
  bad_bundles,
  tokens,
  words,
  crf,
  pictures,
  series,
  steps,
  sampling,
  beams,
  stops,
  classify,
  forecast,
  lm,
  tag,
  translate,
  caption,
};

import { cleanText } from "../../src/text/clean.js";
import { Pieces } from "../../src/text/pieces.js";
import { loadTokenizer } from "../../src/text/tokenizer.js";
import { Crf } from "../../src/tag/crf.js";
import { shapeOf } from "../../src/tag/features.js";
import { spansOf } from "../../src/tag/schemes.js";
import { windowsOf } from "../../src/tag/windows.js";
import { sentencesOf, wordsOf } from "../../src/tag/words.js";
import { tokenWords } from "../../src/translate/alignment.js";
import type { LanguageModel } from "../../src/index.js";
import { randomValues } from "../../src/random-tensor.js";
import type { Tensor } from "../../src/tensor.js";
import { all, near, same } from "../support/comparing.js";
import { type Case, type Context, type Suite, textOf, units } from "../support/context.js";

async function pieces(one: Case, context: Context): Promise<Pieces> {
  const { bundle, manifest } = await context.model(one.bundle);
  const { task } = manifest;
  if (task.name !== "lm" && task.name !== "translate") throw new Error(`${task.name} has no pieces`);
  return new Pieces(bundle.text(one.asset), task.level, task.end, task.unknown);
}

export const tokens: Suite = async function* (vectors, context) {
  for (const one of vectors["cases"]!) {
    const { bundle } = await context.model(one.bundle);
    const ids = loadTokenizer(bundle.text(one.asset)).encode(cleanText(textOf(one)));
    yield { name: `${one.bundle} ${JSON.stringify(textOf(one))}`, faults: same(ids, one.ids, "ids") };
  }
  for (const one of vectors["language_models"]!) {
    const model = (await context.model(one.bundle)) as LanguageModel;
    yield { name: `${one.bundle} ${JSON.stringify(textOf(one)).slice(0, 60)}`, faults: same(model.encode(textOf(one)), one.ids, "ids") };
  }
  for (const one of vectors["decoding"]!) {
    const decoder = (await pieces(one, context)).decoder(one.after);
    const parts = one.ids.map((id: number) => decoder.feed(id));
    yield {
      name: `${one.bundle} decoding after "${one.after}"`,
      faults: all(same(parts, one.parts, "parts"), same(decoder.finish(), one.rest, "rest")),
    };
  }
  for (const one of vectors["words"]!) {
    const { bundle } = await context.model(one.bundle);
    const tokenizer = loadTokenizer(bundle.text("source.tokenizer.json"));
    const found = tokenWords(one.text, (text) => tokenizer.encode(text), one.ids);
    yield { name: one.text, faults: same(found, one.spans.map((span: [number, number]) => units(one.text, span)), "spans") };
  }
};

export const words: Suite = async function* ({ cases, shapes, windows, spans }) {
  for (const one of cases!) {
    const text = textOf(one);
    const found = wordsOf(text, one.clitics, (word) => one.abbreviations.includes(word));
    yield {
      name: JSON.stringify(text),
      faults: all(
        same(found.map((word) => [word.start, word.end]), one.span16, "words"),
        same(found.map((word) => word.text), one.span16.map(([start, end]: [number, number]) => text.slice(start, end)), "texts"),
        same(sentencesOf(text, found).map((sentence) => sentence.length), one.sentences, "sentences"),
      ),
    };
  }
  for (const [word, shape] of shapes!) yield { name: `shape of ${word}`, faults: same(shapeOf(word), shape, "shape") };
  for (const one of windows!) {
    const found = windowsOf(one.count, one.size, one.overlap).map((w) => [w.start, w.stop, w.first, w.last]);
    yield { name: `windows over ${one.count}`, faults: same(found, one.windows, "windows") };
  }
  for (const one of spans!) {
    const found = spansOf(one.labels).map((span) => [span.label, span.start, span.stop]);
    yield { name: `spans of ${one.labels}`, faults: same(found, one.spans, "spans") };
  }
};

export const crf: Suite = async function* (vectors) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["cases"]!) {
    const scores = rows(randomValues(one.scores));
    const field = new Crf({
      transitions: rows(randomValues(one.transitions)).map((row) => Float64Array.from(row)),
      start: Float64Array.from(randomValues(one.start).data as Float32Array),
      end: Float64Array.from(randomValues(one.end).data as Float32Array),
    });
    const lattice = field.lattice(scores);
    const found = lattice.probabilities.flatMap((row) => Array.from(row));
    const spans = one.spans.map(([start, stop]: number[]) => lattice.probability(start!, one.best.slice(start, stop)));
    yield {
      name: String(one.scores.shape),
      faults: all(
        same(field.best(scores), one.best, "best"),
        near(found, one.probabilities, tolerance, "probabilities"),
        near(spans, one.spans.map((span: number[]) => span[2]!), tolerance, "spans"),
      ),
    };
  }
};

function rows({ shape, data }: Tensor): Float32Array[] {
  const [count = 0, size = 0] = shape;
  return Array.from({ length: count }, (_, row) => (data as Float32Array).subarray(row * size, (row + 1) * size));
}


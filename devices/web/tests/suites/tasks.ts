import type {
  Entity,
  Forecast,
  Forecaster,
  ImageCaptioner,
  LanguageModel,
  SequenceTagger,
  Suggestion,
  Tagging,
  TextClassifier,
  Token,
  Translation,
  Translator,
} from "../../src/index.js";
import { leavesOut } from "../../src/translate/alignment.js";
import { cutAtKept } from "../../src/translate/kept.js";
import { partsOf, shortened } from "../../src/translate/layout.js";
import { all, near, numbers, same } from "../support/comparing.js";
import { camelCase, type Case, type Suite, textOf, units } from "../support/context.js";
import { pictureOf } from "./numbers.js";

export const classify: Suite = async function* ({ cases }, context) {
  for (const one of cases!) {
    const found = await ((await context.model(one.bundle)) as TextClassifier).classify(textOf(one));
    const scores = new Map(found.map((category) => [category.label, category.score]));
    const wanted = one.categories as { label: string; score: number }[];
    yield {
      name: `${one.bundle} ${JSON.stringify(textOf(one))}`,
      faults: all(
        near(wanted.map(({ label }) => scores.get(label) ?? NaN), wanted.map(({ score }) => score), one.tolerance, "scores"),
        same(found.map((category) => category.score), [...scores.values()].sort((a, b) => b - a), "order"),
        wanted[0]!.score - wanted[1]!.score > 2 * one.tolerance ? same(found[0]!.label, wanted[0]!.label, "label") : [],
      ),
    };
  }
};

function forecastFaults(found: Forecast, wanted: Case, tolerance: number): string[] {
  return all(
    near(found.mean, wanted.mean, tolerance, "mean"),
    near(found.lower, wanted.lower, tolerance, "lower"),
    near(found.upper, wanted.upper, tolerance, "upper"),
    same(found.flags, wanted.flags, "flags"),
  );
}

export const forecast: Suite = async function* (vectors, context) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["cases"]!) {
    const model = (await context.model(one.bundle)) as Forecaster;
    const found = await model.forecast(numbers(one.history), { horizon: one.horizon, coverage: one.coverage });
    yield { name: `${one.history.slice(0, 4)} ${one.horizon}`, faults: forecastFaults(found, one, tolerance) };
  }
  for (const one of vectors["streams"]!) {
    const session = ((await context.model(one.bundle)) as Forecaster).session();
    for (const [at, step] of (one.steps as Case[]).entries()) {
      const { time, interval } = step;
      const found = await session.step(step.value, { time, interval });
      yield {
        name: `step ${at}`,
        faults: all(
          forecastFaults(found.forecast, step.forecast, tolerance),
          near([found.score], [step.score], 100 * tolerance, "score"),
          same(found.flags, step.flags, "flags"),
        ),
      };
    }
  }
};

function suggestionFaults(found: readonly Suggestion[], wanted: readonly Suggestion[], tolerance: number): string[] {
  const plain = (items: readonly Suggestion[]) => items.map(({ text, completes }) => ({ text, completes }));
  return all(
    same(plain(found), plain(wanted), "suggestions"),
    near(found.map((one) => one.score), wanted.map((one) => one.score), tolerance, "scores"),
  );
}

async function collected(parts: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

export const lm: Suite = async function* (vectors, context) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["next"]!) {
    const found = await ((await context.model(one.bundle)) as LanguageModel).nextTokens(one.text, one.k);
    yield { name: `${one.bundle} after "${one.text}"`, faults: suggestionFaults(found, one.suggestions, tolerance) };
  }
  for (const one of vectors["generate"]!) {
    const model = (await context.model(one.bundle)) as LanguageModel;
    const settings = camelCase(one.settings);
    yield {
      name: `${one.bundle} "${one.prompt}" ${JSON.stringify(one.settings)}`,
      faults: all(
        same(await collected(model.generate(one.prompt, { ...settings, stream: true })), one.parts, "parts"),
        same(await model.generate(one.prompt, settings), one.parts.join(""), "text"),
      ),
    };
  }
  for (const one of vectors["learn"]!) {
    const model = (await context.load(await context.bytes(one.bundle), one.bundle)) as LanguageModel;
    for (const text of one.texts) model.learn(text);
    const faults: string[] = [];
    for (const { text, k, suggestions } of one.next) {
      faults.push(...suggestionFaults(await model.nextTokens(text, k), suggestions, tolerance));
    }
    const saved = model.newAdaptation(model.adaptation!.save());
    faults.push(
      ...same(await model.generate(one.prompt, camelCase(one.settings)), one.generated, "text"),
      ...same(saved.length, model.adaptation!.length, "saved"),
    );
    model.close();
    yield { name: `${one.bundle} learns`, faults };
  }
};

function tokenFaults(found: readonly Token[], wanted: readonly Case[], tolerance: number): string[] {
  const shown = (one: Token) => ({ span16: [one.start, one.end], label: one.label, labels: one.labels });
  const scores = (one: { score: number; scores: object }) => [one.score, ...Object.values(one.scores).flat()];
  return all(
    same(found.map(shown), wanted.map(({ span16, label, labels }) => ({ span16, label, labels })), "tokens"),
    near(found.flatMap(scores), wanted.flatMap(scores), tolerance, "scores"),
  );
}

function entityFaults(found: readonly Entity[], wanted: readonly Case[], tolerance: number): string[] {
  return all(
    same(found.map((one) => [one.start, one.end, one.label]), wanted.map((one) => [...one.span16, one.label]), "entities"),
    near(found.map((one) => one.score), wanted.map((one) => one.score), tolerance, "scores of entities"),
  );
}

function taggingFaults(found: Tagging, wanted: Case, tolerance: number): string[] {
  return all(
    tokenFaults(found, wanted.tokens, tolerance),
    entityFaults(found.entities, wanted.entities, tolerance),
    same(Object.keys(found.spans), Object.keys(wanted.spans), "columns"),
    ...Object.entries(found.spans).map(([name, spans]) => entityFaults(spans, wanted.spans[name] ?? [], tolerance)),
    same([...found, ...found.entities].map((one) => found.text.slice(one.start, one.end)), [...found, ...found.entities].map((one) => one.text), "texts"),
  );
}

export const tag: Suite = async function* ({ cases, features, streams }, context) {
  // Scores are of sums of many steps: their exponentials magnify what the engine rounds.
  const magnified = (one: Case) => 10 * one.tolerance;
  for (const one of cases!) {
    const given = one.list ?? textOf(one);
    const found = await ((await context.model(one.bundle)) as SequenceTagger).tag(given);
    yield { name: `${one.bundle} ${JSON.stringify(given)}`, faults: taggingFaults(found, one, magnified(one)) };
  }
  for (const one of features!) {
    const inputs = ((await context.model(one.bundle)) as SequenceTagger).inputs(one.words);
    const found = Object.entries(inputs).map(([name, array]) => [name, { shape: array.shape, data: array.data }]);
    yield { name: `features of ${one.words}`, faults: same(Object.fromEntries(found), one.inputs, "inputs") };
  }
  for (const one of streams!) {
    const session = ((await context.model(one.bundle)) as SequenceTagger).session();
    const found: Token[] = [];
    for (const word of one.words) found.push(await session.fork().step(word), await session.step(word));
    const twice = (one.tokens as Case[]).flatMap((token) => [token, token]);
    yield { name: "a stream of words", faults: tokenFaults(found, twice, magnified(one)) };
  }
};

function translationFaults(found: readonly Translation[], wanted: readonly Case[], source: string, tolerance: number): string[] {
  const links = (one: Case) =>
    one.alignment.map(([a, b, c, d]: number[]) => [...units(source, [a!, b!]), ...units(one.text, [c!, d!])]);
  return all(
    same(found.map((one) => one.text), wanted.map((one) => one.text), "texts"),
    near(found.map((one) => one.score), wanted.map((one) => one.score), tolerance, "scores"),
    same(found.map((one) => one.alignment.map((link) => [...link.source, ...link.target])), wanted.map(links), "links"),
    near(found.flatMap((one) => one.alignment.map((link) => link.weight)), wanted.flatMap((one) => one.alignment.map((link: number[]) => link[4])), tolerance, "weights"),
  );
}

export const translate: Suite = async function* (vectors, context) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["layout"]!) {
    yield { name: `layout of ${JSON.stringify(one.text)}`, faults: same(partsOf(one.text).map((part) => [part.text, part.isSentence]), one.parts, "parts") };
  }
  for (const one of vectors["kept"]!) {
    yield { name: `kept in ${JSON.stringify(one.text)}`, faults: same(cutAtKept(one.text).map((piece) => [piece.text, piece.kept]), one.pieces, "pieces") };
  }
  for (const one of vectors["shortened"]!) {
    const fits = (text: string) => Array.from(text).length <= one.most;
    yield { name: `shortened ${JSON.stringify(one.text)}`, faults: same(shortened(one.text, fits), one.pieces, "pieces") };
  }
  for (const one of vectors["left_out"]!) {
    const rows = (one.attention as number[][]).map((row) => Float32Array.from(row));
    yield { name: `left out of ${one.tokens}`, faults: same(leavesOut(rows, one.tokens), one.left_out, "left out") };
  }
  for (const one of vectors["cases"]!) {
    const found = await ((await context.model(one.bundle)) as Translator).translate(one.text, camelCase(one.settings));
    yield {
      name: `${JSON.stringify(one.text)} ${JSON.stringify(one.settings)}`,
      faults: translationFaults(found, one.translations, one.text, tolerance),
    };
  }
  for (const one of vectors["streams"]!) {
    const model = (await context.model(one.bundle)) as Translator;
    yield { name: `stream of ${JSON.stringify(one.text)}`, faults: same(await collected(model.translate(one.text, { stream: true })), one.parts, "parts") };
  }
};

export const caption: Suite = async function* (vectors, context) {
  const tolerance = vectors["tolerance"] as unknown as number;
  for (const one of vectors["cases"]!) {
    const model = (await context.model(one.bundle)) as ImageCaptioner;
    const found = await model.caption(pictureOf(one.source), camelCase(one.settings));
    const wanted = one.captions as Case[];
    yield {
      name: `${one.source.shape} ${JSON.stringify(one.settings)}`,
      faults: all(
        same(found.map((caption) => caption.text), wanted.map((caption) => caption.text), "texts"),
        near(found.map((caption) => caption.score), wanted.map((caption) => caption.score), tolerance, "scores"),
        same(found.map((caption) => caption.attention.map((look) => look.word)), wanted.map((caption) => caption.attention.map((look: Case) => look.word)), "words"),
        near(found.flatMap((caption) => caption.attention.flatMap((look) => [...look.weights])), wanted.flatMap((caption) => caption.attention.flatMap((look: Case) => look.weights)), tolerance, "weights"),
      ),
    };
  }
  for (const one of vectors["streams"]!) {
    const model = (await context.model(one.bundle)) as ImageCaptioner;
    yield { name: `stream of ${one.source.shape}`, faults: same(await collected(model.caption(pictureOf(one.source), { stream: true })), one.parts, "parts") };
  }
};

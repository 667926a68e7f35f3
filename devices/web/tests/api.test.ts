import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import {
  BundleError,
  type Engine,
  type Forecaster,
  type ImageCaptioner,
  InputError,
  type LanguageModel,
  load,
  type Model,
  readBundle,
  RuntimeUnavailable,
  selftest,
  type SequenceTagger,
  type TextClassifier,
  type Translator,
} from "../src/index.js";
import { locateFilesIn, runScriptInModuleWorkers } from "../src/engines/worker-scripts.js";
import { nativeEngine } from "../src/native.js";
import { edited } from "./support/context.js";
import { nodeContext, nodeEngine, ROOT, vectorsOf } from "./support/node.js";

const context = nodeContext();
const opened = async <T>(name: string) => (await context.model(name)) as T;

async function message(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

describe("loading", () => {
  const file = () => readFile(join(ROOT, "tests/fixtures/sensor.tflite"));
  const engine = nodeEngine();

  it("takes bytes, buffers, blobs and responses", async () => {
    const bytes = new Uint8Array(await file());
    const sources = [bytes, bytes.slice().buffer, new Blob([bytes]), new Response(bytes), new File([bytes], "mine.tflite")];
    for (const source of sources) expect((await readBundle(source)).size).toBe(bytes.length);
    expect((await readBundle(new File([bytes], "mine.tflite"))).name).toBe("mine.tflite");
  });

  it("says which address gave what", async () => {
    const refused = readBundle(new Response("", { status: 404, statusText: "Not Found" }), "spam.tflite");
    await expect(refused).rejects.toThrow(new BundleError("spam.tflite: cannot be fetched: 404 Not Found"));
    await expect(readBundle("http://127.0.0.1:1/x.tflite")).rejects.toBeInstanceOf(BundleError);
  });

  it("refuses options that make no sense, and what the engine cannot run", async () => {
    expect(await message(async () => load(await file(), { engine, threads: 0 }))).toBe("threads must be 1 or more, not 0");
    const broken: Engine = {
      name: "broken",
      open: () => Promise.reject(new RuntimeUnavailable("broken cannot load this model")),
    };
    await expect(load(await file(), { engine: broken })).rejects.toBeInstanceOf(RuntimeUnavailable);
  });

  it("frees the engine's model where the task cannot be opened", async () => {
    let closed = 0;
    const counting: Engine = {
      name: "counting",
      open: async () => ({ run: async () => ({}), close: () => void closed++ }),
    };
    const { cases } = await vectorsOf("bad_bundles");
    const one = cases!.find((item) => item.name === "a label too many");
    const bad = edited(await context.bytes(one.bundle), one.edits);
    await expect(load(bad, { engine: counting })).rejects.toBeInstanceOf(BundleError);
    expect(closed).toBe(1);
  });

  it("leaves nothing behind in the global scope", async () => {
    const scope = globalThis as { Module?: unknown; importScripts?: unknown };
    const before = [scope.Module, scope.importScripts];
    const restore = [runScriptInModuleWorkers(), locateFilesIn("/litert/x.js")];
    const { locateFile } = scope.Module as { locateFile: (file: string) => string };
    expect(locateFile("a.wasm")).toBe("/litert/a.wasm");
    for (const one of restore) one();
    expect([scope.Module, scope.importScripts]).toEqual(before);
  });
});

describe("arrays and sessions", () => {
  const x = [
    [0.5, 0.25],
    [1, -1],
    [0, 2],
  ];

  it("computes the same in one call, in steps and in parts", async () => {
    const model = await opened<Model>("sensor");
    const whole = (await model.run({ x: [x] }))["y"]!;
    expect(whole.shape).toEqual([1, 3, 2]);
    const session = model.session();
    const steps: number[] = [];
    for (const row of x) steps.push(...((await session.step(row))["y"]!.data as Float32Array));
    expect(steps).toEqual(Array.from(whole.data as Float32Array));
    session.reset();
    const first = (await session.run([x.slice(0, 2)]))["y"]!.data as Float32Array;
    const kept = session.snapshot();
    const last = (await session.step({ x: x[2]! }))["y"]!.data as Float32Array;
    for (const [at, value] of [...first, ...last].entries()) expect(value).toBeCloseTo(steps[at]!, 6);
    session.restore(structuredClone(kept));
    expect((await session.fork().step([x.slice(2)]))["y"]!.data).toEqual(last);
    expect((await session.step(x[2]!))["y"]!.data).toEqual(last);
  });

  it("keeps sessions apart when their calls are mixed", async () => {
    const model = await opened<Model>("sensor");
    const sessions = [model.session(), model.session()];
    const mixed = await Promise.all(x.flatMap((row) => sessions.map((one) => one.step(row))));
    const values = (at: number) => mixed.filter((_, place) => place % 2 === at).map((one) => Array.from(one["y"]!.data as Float32Array));
    expect(values(0)).toEqual(values(1));
    expect(values(0)[0]).not.toEqual(values(0)[1]);
  });

  it("does not write to what it was given, nor to what it gave", async () => {
    const model = await opened<Model>("sensor");
    const given = { dtype: "float32", shape: [1, 2, 2], data: Float32Array.from([1, 2, 3, 4]) } as const;
    const found = (await model.run({ x: given }))["y"]!;
    const before = Array.from(found.data as Float32Array);
    await model.run({ x: [[[9, 9]]] });
    expect(Array.from(given.data)).toEqual([1, 2, 3, 4]);
    expect(Array.from(found.data as Float32Array)).toEqual(before);
  });

  it.each([
    [{}, "input 'x' is missing (this bundle takes x float32[1, any, 2])"],
    [{ z: 1, x: [x] }, "unknown input 'z'"],
    [{ x: [[1, 2, 3]] }, "input 'x' has shape [1, 3], expected [1, any, 2]"],
    [{ x: [[[1], [1, 2]]] }, "rows are of different lengths"],
    [{ x: [["a", "b"]] }, "input 'x'"],
    [{ x: new Float32Array(4) }, "has shape [4]"],
    [{ x: { dtype: "float32", shape: [1, 0, 2], data: new Float32Array(0) } }, "is empty: at least one step is needed"],
  ])("refuses %j", async (inputs, wanted) => {
    const model = await opened<Model>("sensor");
    expect(await message(() => model.run(inputs as never))).toContain(wanted);
  });

  it("refuses ids that are none, and takes Keras's made-up names", async () => {
    const model = await opened<Model>("words");
    expect(await message(() => model.run({ ids: [[1.5]] }))).toContain("has dtype float64, expected int32");
    expect(await message(() => model.run({ ids: [[2 ** 31]] }))).toContain("holds whole numbers beyond int32");
    expect((await model.session().step(3))["logits"]!.shape).toEqual([1, 1, 60]);
  });

  it("refuses another model's snapshot, and sessions where there are none", async () => {
    const session = (await opened<Model>("sensor")).session();
    const other = (await opened<Model>("words")).session().snapshot();
    expect(await message(() => session.restore(other))).toContain("of another model");
    const { states, ...rest } = session.snapshot();
    expect(await message(() => session.restore({ ...rest, states: { state_lstm_h: states["state_lstm_h"]! } }))).toContain("is missing");
    const tagger = await opened<SequenceTagger>("tagger");
    expect(await message(() => tagger.session())).toContain("reads sentences in both directions");
  });
});

describe("what users pass wrongly", () => {
  it("classify", async () => {
    const model = await opened<TextClassifier>("tiny.float32");
    expect(await message(() => model.classify(7 as never))).toBe("expected a text or a list of texts, found number");
    expect((await model.classify(["storm and rain", "soup"])).map((one) => one[0]!.label)).toEqual(["weather", "food"]);
  });

  it("forecast", async () => {
    const model = await opened<Forecaster>("series");
    expect(await message(() => model.forecast([1, 2], { horizon: 9 }))).toBe("horizon: this bundle forecasts 1 to 4 steps, not 9");
    expect(await message(() => model.forecast([1, 2], { coverage: 0.5 }))).toBe("coverage: this bundle gives 0.8, 0.95, not 0.5");
    expect(await message(() => model.forecast([null, NaN]))).toContain("no usable value");
    expect(await message(() => model.forecast([]))).toContain("found an array of shape [0]");
    expect(await message(() => model.forecast(["a"] as never))).toContain("expected a list of numbers");
    expect(await message(() => model.forecast([1], { covariates: { heat: [1] } }))).toContain("this bundle has none");
    const several = await model.forecast([[1, 2, 3], Float64Array.from([4, 5, 6])], { horizon: 2 });
    expect(several.map((one) => one.mean.length)).toEqual([2, 2]);
    expect(await message(() => model.session().step(null))).toContain("the first value of a stream cannot be missing");
  });

  it("generate", async () => {
    const model = await opened<LanguageModel>("words");
    expect(await message(() => model.nextTokens("a", 0))).toBe("k must be a whole number, 1 or more, not 0");
    expect(await message(() => model.generate("a", { topQ: 1 } as never))).toContain("unknown setting topQ: there are maxTokens");
    expect(await message(() => model.generate("a", { temperature: -1, beams: 0.5, seed: -1 }))).toBe(
      "temperature must lie between 0 and 100, not -1; beams must lie between 1 and 64, not 0.5; " +
        "beams must be a whole number, not 0.5; seed must be a whole number, 0 or more (a bigint beyond 2 to the 53rd), not -1",
    );
    expect(await message(() => model.generate("a", { stop: [""] }))).toContain("none of them empty");
    const control = new AbortController();
    const parts: string[] = [];
    for await (const part of model.generate("I", { stream: true, maxTokens: 50, seed: 1, signal: control.signal })) {
      parts.push(part);
      if (parts.length === 3) control.abort();
    }
    expect(parts.length).toBe(3);
    expect(await model.generate("I want", { maxSeconds: 0 })).toBe("");
  });

  it("gives the same suggestions when texts come at once", async () => {
    const model = await opened<LanguageModel>("pieces");
    const texts = ["I want so", "there was ", "tell me ab", "I want so"];
    const alone = [];
    for (const text of texts) alone.push(await model.nextTokens(text));
    expect(await Promise.all(texts.map((text) => model.nextTokens(text)))).toEqual(alone);
  });

  it("tag", async () => {
    const model = await opened<SequenceTagger>("tagger");
    expect(await message(() => model.tag(["a", " "]))).toBe('word 2 is " ": expected a text that is not empty');
    expect(await message(() => model.tagMany("a" as never))).toContain("one text is for tag");
    const found = await model.tag("Ada Byron visited Rome. \u{1f600} Omar left Oslo.");
    expect(found.entities.map((one) => [one.text, one.label])).toContainEqual(["Rome", "LOC"]);
    expect(JSON.parse(JSON.stringify(found)).entities).toEqual(found.entities);
    expect(found.filter((one) => one.label !== "O")).toBeInstanceOf(Array);
    expect(await model.tag("")).toHaveLength(0);
    expect(await model.tag([])).toHaveLength(0);
  });

  it("translate", async () => {
    const model = await opened<Translator>("translator");
    expect(await message(() => model.translate("a", { beams: 2, nBest: 3 }))).toBe("nBest (3) must not exceed beams (2)");
    expect(await message(() => model.translate("a", { beams: 65, maxRatio: 0 }))).toContain("beams must be a whole number between 1 and 64, not 65");
    expect(await message(() => model.translate("a", { stream: true, beams: 2 }))).toContain("a stream is of one hypothesis");
    expect(await message(() => model.translate(3 as never))).toContain("expected a text, found number");
    expect((await model.translate(["I see rice.", ""])).map((one) => one.length)).toEqual([1, 1]);
  });

  it("caption", async () => {
    const model = await opened<ImageCaptioner>("captioner");
    const pixels = { width: 2, height: 2, channels: 3, data: new Uint8Array(12) };
    expect(await message(() => model.caption({ ...pixels, channels: 2 }))).toContain("12 values for 2 x 2 pixels of 2 channels");
    expect(await message(() => model.caption({ ...pixels, width: 3 }))).toContain("expected 8 bits each");
    expect(await message(() => model.caption([pixels], { stream: true } as never))).toContain("leave lists and beams out");
    const many = await model.caption([pixels, { ...pixels, data: new Uint8Array(12).fill(200) }]);
    expect(many.map((one) => one.length)).toEqual([1, 1]);
    const data = { width: 2, height: 2, data: new Uint8ClampedArray(16).fill(255) } as unknown as ImageData;
    const white = { ...pixels, data: new Uint8Array(12).fill(255) };
    expect(await model.caption(data)).toEqual(await model.caption(white));
  });
});

describe("an application's own engine", () => {
  it("answers as LiteRT.js does, through the bridge to native code", async () => {
    const reference = nodeEngine();
    const bytes = await context.bytes("words");
    const engine = nativeEngine({
      name: "bridged",
      async open(model, threads) {
        const bundle = await readBundle(bytes);
        const shapes = bundle.manifest.execution.signatures.map((one) => {
          const states = bundle.manifest.execution.states;
          return { name: one.name, inputs: [...one.inputs, ...states], outputs: [...one.outputs, ...states] };
        });
        const inner = await reference.open(new Uint8Array(model), shapes, { threads });
        return {
          async run(signature, inputs, outputs) {
            const given = inputs.map((one) => {
              const data = one.dtype === "int32" ? new Int32Array(one.data) : new Float32Array(one.data);
              return [one.name, { dtype: one.dtype, shape: one.shape, data }] as const;
            });
            const found = await inner.run(signature, Object.fromEntries(given));
            return outputs.map((one) => found[one.name]!.data.slice().buffer as ArrayBuffer);
          },
          close: () => inner.close(),
        };
      },
    });
    const model = (await load(bytes, { engine })) as LanguageModel;
    expect(model.engine).toBe("bridged");
    expect((await selftest(model)).failures).toEqual([]);
    const settings = { seed: 5, maxTokens: 10 };
    const wanted = await (await opened<LanguageModel>("words")).generate("I want", settings);
    expect(await model.generate("I want", settings)).toBe(wanted);
    model.close();
  });
});

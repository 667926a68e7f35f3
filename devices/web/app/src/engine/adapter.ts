/** What the page calls, by means of the package's models. */

import { type AnyModel, EdgeRNNError, load, selftest } from "../../../src/index.js";
import { litert } from "../../../src/litert.js";
import { tensorFacts, rowsOf } from "./facts";
import type { BundleFacts, Methods, PlainArray, SelftestFacts, TaggedText, TaskName } from "./protocol";
import { EngineWasm } from "./wasm";

/** Put in by the build: the folder of the engine's files. */
declare const __ENGINE_FOLDER__: string;

// Beside the app; the worker's own file lies in a folder of it.
const ENGINE_FILES = new URL(`../${__ENGINE_FOLDER__}/`, location.href).href;

/** How a call tells what it has so far, and whether to go on. */
export interface Listener {
  part: (part: string) => void;
  signal: AbortSignal;
}

type Model<K extends TaskName> = Extract<AnyModel, { kind: K }>;

export class Adapter {
  private model: AnyModel | null = null;
  private readonly wasm = new EngineWasm(ENGINE_FILES);
  private readonly engine = litert({ wasm: ENGINE_FILES });

  /** Whether an error is one that the user can mend. */
  isExpected(error: unknown): boolean {
    return error instanceof EdgeRNNError;
  }

  async open({ name, bytes }: Methods["open"][0]): Promise<BundleFacts> {
    const started = performance.now();
    await this.wasm.offer();
    const model = await load(bytes, { engine: this.engine, name });
    this.model?.close();
    this.model = model;
    const { manifest, bundle } = model;
    return {
      name,
      task: model.kind,
      bytes: bundle.size,
      sha256: await bundle.sha256(),
      loadMs: performance.now() - started,
      engineFiles: this.wasm.files(),
      inputs: manifest.inputs.map(tensorFacts),
      rows: rowsOf(model),
      spec: manifest.task as unknown as Record<string, unknown>,
    };
  }

  /** Bytes of the engine's memory. */
  memory(): number | null {
    return this.wasm.bytes();
  }

  async selftest(): Promise<SelftestFacts> {
    const { passed, vectors, maxError, tolerance, failures } = await selftest(this.opened());
    return { passed, vectors, maxError, tolerance, failures: [...failures] };
  }

  async classify({ text }: Methods["classify"][0]): Promise<Methods["classify"][1]> {
    return [...(await this.of("classify").classify(text))];
  }

  async nextTokens({ text, k }: Methods["nextTokens"][0]): Promise<Methods["nextTokens"][1]> {
    return [...(await this.of("lm").nextTokens(text, k))];
  }

  async generate({ prompt, settings }: Methods["generate"][0], listener: Listener): Promise<string> {
    let text = "";
    for await (const part of this.of("lm").generate(prompt, { ...settings, stream: true, signal: listener.signal })) {
      text += part;
      listener.part(part);
      // Messages, such as one that stops this, are taken between two parts.
      await turn();
      if (listener.signal.aborted) break;
    }
    return text;
  }

  async tag({ text }: Methods["tag"][0]): Promise<TaggedText> {
    const found = await this.of("tag").tag(text);
    const tokens = [...found].map(({ text: word, start, end, labels, scores }) => ({
      text: word,
      start,
      end,
      labels: mapped(labels, (label) => (typeof label === "string" ? label : label.join("|"))),
      scores: mapped(scores, (score) => (typeof score === "number" ? score : Math.min(...score))),
    }));
    return { text: found.text, tokens, entities: [...found.entities], spans: mapped(found.spans, (spans) => [...spans]) };
  }

  async translate({ text, beams, nBest }: Methods["translate"][0]): Promise<Methods["translate"][1]> {
    const found = await this.of("translate").translate(text, { beams, nBest });
    return found.map(({ text, score }) => ({ text, score }));
  }

  async forecast({ history, horizon, coverage }: Methods["forecast"][0]): Promise<Methods["forecast"][1]> {
    const found = await this.of("forecast").forecast(history, { horizon, coverage });
    const { mean, lower, upper, flags } = found;
    return { mean: [...mean], lower: [...lower], upper: [...upper], coverage: found.coverage, flags: [...flags] };
  }

  async caption({ picture, beams, nBest }: Methods["caption"][0]): Promise<Methods["caption"][1]> {
    const found = await this.of("caption").caption(picture, { beams, nBest });
    return found.map(({ text, score }) => ({ text, score }));
  }

  async run({ inputs }: Methods["run"][0]): Promise<Record<string, PlainArray>> {
    const model = this.opened();
    const arrays = model.manifest.inputs.map(({ name, dtype }) => {
      const { shape, values } = inputs[name] as PlainArray;
      const data = dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values);
      return [name, { dtype: dtype === "float32" ? ("float32" as const) : ("int32" as const), shape, data }] as const;
    });
    const outputs = await model.run(Object.fromEntries(arrays));
    return mapped(outputs, ({ shape, data }) => ({ shape: [...shape], values: Array.from(data, Number) }));
  }

  private opened(): AnyModel {
    if (!this.model) throw new Error("no model is open");
    return this.model;
  }

  private of<K extends TaskName>(kind: K): Model<K> {
    const model = this.opened();
    if (model.kind !== kind) throw new Error(`the model that is open is for ${model.kind}, not ${kind}`);
    return model as Model<K>;
  }
}

function mapped<A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** Lets waiting messages in, without the pause that a timer would make. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

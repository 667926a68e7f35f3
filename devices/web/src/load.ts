import { readBundle, type BundleSource } from "./bundle/source.js";
import type { Engine } from "./engines.js";
import { Model, openBundle, type Opened } from "./model.js";
import type { ImageCaptioner } from "./tasks/caption.js";
import type { TextClassifier } from "./tasks/classify.js";
import type { Forecaster } from "./tasks/forecast.js";
import type { LanguageModel } from "./tasks/lm.js";
import type { SequenceTagger } from "./tasks/tag.js";
import type { Translator } from "./tasks/translate.js";
import type { TaskName } from "./spec/tasks.js";

/** How to load. */
export interface LoadOptions {
  /** What computes: `litert()` of "@edgernn/runtime/litert", or an adapter of "@edgernn/runtime/native". */
  readonly engine: Engine;
  /** Threads that one call may use; default 1. */
  readonly threads?: number;
  /** The file's name, for messages. */
  readonly name?: string;
}

/** The class of a bundle's task; `kind` says which. */
export type AnyModel =
  | TextClassifier
  | Forecaster
  | LanguageModel
  | SequenceTagger
  | Translator
  | ImageCaptioner
  | BareModel;

/** A bundle of a bare Keras model. */
export interface BareModel extends Model {
  readonly kind: "model";
}

/** The tasks, each loaded when a bundle of it is. */
const TASKS: Readonly<Record<TaskName, (opened: Opened) => Promise<AnyModel>>> = {
  classify: async (opened) => new (await import("./tasks/classify.js")).TextClassifier(opened),
  forecast: async (opened) => new (await import("./tasks/forecast.js")).Forecaster(opened),
  lm: async (opened) => new (await import("./tasks/lm.js")).LanguageModel(opened),
  tag: async (opened) => new (await import("./tasks/tag.js")).SequenceTagger(opened),
  translate: async (opened) => new (await import("./tasks/translate.js")).Translator(opened),
  caption: async (opened) => new (await import("./tasks/caption.js")).ImageCaptioner(opened),
  model: async (opened) => new Model(opened) as BareModel,
};

/**
 * Reads, checks and opens a bundle.
 *
 * @param source an address, a response, a Blob or bytes.
 * @returns the class of the bundle's task.
 * @throws BundleError the file is missing, damaged, not valid, or in a newer format.
 * @throws InputError an option makes no sense.
 * @throws RuntimeUnavailable the engine cannot run it.
 */
export async function load(source: BundleSource, options: LoadOptions): Promise<AnyModel> {
  const bundle = await readBundle(source, ...(options.name === undefined ? [] : [options.name]));
  const opened = await openBundle(bundle, options.engine, { threads: options.threads ?? 1 });
  try {
    return await TASKS[bundle.manifest.task.name](opened);
  } catch (error) {
    opened.model.close();
    throw error;
  }
}

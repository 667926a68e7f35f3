import { BundleError } from "../errors.js";
import {
  anything,
  dictionary,
  isObject,
  list,
  needed,
  object,
  type Of,
  oneOf,
  orNull,
  quoted,
  real,
  text,
  whole,
  withDefault,
} from "./schema.js";
import { assetsOf, faultsOf, TASK_SCHEMAS, type TaskName, type TaskSpec } from "./tasks.js";
import { executionSchema, type ExecutionSpec, tensorSchema, type TensorSpec } from "./tensors.js";

export const FORMAT_VERSION = 1;
export const MANIFEST_NAME = "edgernn.json";
export const GOLDEN_NAME = "golden.json";
const MIN_GOLDEN_VECTORS = 16;

const fileSchema = object({ size: needed(whole), sha256: needed(text) });

const splitSchema = object({
  method: needed(oneOf("stratified-sha256", "last-values", "given", "blocks-sha256", "sentences-sha256", "groups-sha256")),
  seed: needed(whole),
  fractions: needed(dictionary(real)),
  counts: needed(dictionary(whole)),
  duplicates_removed: withDefault(whole, 0),
});

const dataSchema = object({
  name: needed(text),
  sha256: needed(text),
  licence: needed(text),
  credit: needed(text),
  text_column: needed(text),
  label_column: needed(text),
  split: needed(splitSchema),
});

const manifestSchema = object({
  format_version: needed(whole),
  kit_version: needed(text),
  model: needed(fileSchema),
  assets: needed(dictionary(fileSchema)),
  inputs: needed(list(tensorSchema)),
  outputs: needed(list(tensorSchema)),
  execution: needed(executionSchema),
  quantization: needed(object({ recipe: needed(text), summary: needed(text) })),
  target: needed(text),
  ops: needed(list(object({ name: needed(text), version: needed(whole), count: needed(whole) }))),
  proof: needed(
    object({
      cases: needed(whole),
      max_error: needed(real),
      mean_error: needed(real),
      scale: needed(real),
      argmax_agreement: withDefault(orNull(real), null),
      from_states: withDefault(whole, 0),
      longest: withDefault(whole, 0),
    }),
  ),
  golden: needed(object({ vectors: needed(whole), tolerance: needed(real) })),
  task: needed(anything),
  data: withDefault(orNull(dataSchema), null),
  quality: withDefault(
    orNull(
      object({
        split: needed(text),
        examples: needed(whole),
        keras: needed(dictionary(real)),
        artifact: needed(dictionary(real)),
      }),
    ),
    null,
  ),
});

/** Size in bytes and SHA-256 of the model or of an asset. */
export type FileSpec = Of<typeof fileSchema>;

/** The content of `edgernn.json`, its task with the defaults filled in. */
export type Manifest = Omit<Of<typeof manifestSchema>, "task"> & { readonly task: TaskSpec };

/**
 * Checks a manifest as a whole.
 *
 * @param document what `JSON.parse` gave.
 * @param where the file's name, for the message.
 * @throws BundleError naming every fault at once, or the version needed.
 */
export function parseManifest(document: unknown, where: string): Manifest {
  refuseNewer(document, where);
  const faults: string[] = [];
  const found = manifestSchema(document, "", faults);
  if (!faults.length) {
    const task = parseTask(found.task, faults);
    if (!faults.length && task) {
      const manifest: Manifest = { ...found, task };
      faults.push(...faultsOf(task), ...assetFaults(manifest), ...fileFaults(manifest), ...executionFaults(manifest));
      if (!faults.length) return manifest;
    } else {
      faults.push(...fileFaults(found), ...executionFaults(found));
    }
  }
  throw new BundleError(`${where}: ${MANIFEST_NAME} is not valid: ${faults.join("; ")}`);
}

/** Refuses a document that was written in a newer format than this runtime reads. */
export function refuseNewer(document: unknown, where: string): void {
  const version = isObject(document) ? document["format_version"] : undefined;
  if (typeof version === "number" && Number.isInteger(version) && version > FORMAT_VERSION) {
    throw new BundleError(
      `${where}: bundle format ${version} is newer than this kit reads (up to ${FORMAT_VERSION}): ` +
        `install an @edgernn/runtime that reads format ${version}`,
    );
  }
}

function parseTask(document: unknown, faults: string[]): TaskSpec | null {
  const name = isObject(document) ? document["name"] : undefined;
  if (typeof name !== "string" || !Object.hasOwn(TASK_SCHEMAS, name)) {
    faults.push(`task.name: expected one of ${Object.keys(TASK_SCHEMAS).join(", ")}, found ${quoted(name)}`);
    return null;
  }
  return TASK_SCHEMAS[name as TaskName](document, "task", faults);
}

function assetFaults(manifest: Manifest): string[] {
  return assetsOf(manifest.task)
    .filter((name) => !Object.hasOwn(manifest.assets, name))
    .map((name) => `assets: ${name} is missing (the task needs it)`);
}

type Parts = Pick<Manifest, "format_version" | "model" | "assets" | "golden" | "execution" | "inputs" | "outputs">;

function fileFaults(manifest: Parts): string[] {
  const faults: string[] = [];
  if (manifest.format_version < 1) {
    faults.push(`format_version: expected 1 or more, found ${manifest.format_version}`);
  }
  const files: [string, FileSpec][] = [["model", manifest.model]];
  for (const [name, file] of Object.entries(manifest.assets)) files.push([`assets.${name}`, file]);
  for (const [path, file] of files) {
    if (file.size < 0) faults.push(`${path}.size: negative`);
    if (!/^[0-9a-f]{64}$/.test(file.sha256)) faults.push(`${path}.sha256: expected 64 lower-case hexadecimal digits`);
  }
  if (!Object.hasOwn(manifest.assets, GOLDEN_NAME)) faults.push(`assets: ${GOLDEN_NAME} is missing`);
  if (manifest.golden.vectors < MIN_GOLDEN_VECTORS) {
    faults.push(`golden.vectors: expected ${MIN_GOLDEN_VECTORS} or more, found ${manifest.golden.vectors}`);
  }
  return faults;
}

function executionFaults({ execution, inputs, outputs }: Parts): string[] {
  const names = execution.signatures.map((one) => one.name);
  const faults: string[] = [];
  if (!names.length) faults.push("execution.signatures: at least one is needed");
  if (new Set(names).size < names.length) faults.push("execution.signatures: names occur twice");
  if (execution.mode === "chunked" && names.length && Math.min(...execution.signatures.map((one) => one.steps)) !== 1) {
    faults.push("execution.signatures: chunked needs one of a single step");
  }
  if (execution.mode === "encode_step") faults.push(...pairFaults(execution));
  for (const state of execution.states) {
    if (!state.name.startsWith("state_")) {
      faults.push(`execution.states: '${state.name}' does not begin with state_`);
    }
  }
  return [
    ...faults,
    ...unknownNames("sequence_inputs", execution.sequence_inputs, inputs),
    ...unknownNames("sequence_outputs", execution.sequence_outputs, outputs),
  ];
}

function pairFaults(execution: ExecutionSpec): string[] {
  const encoders = execution.signatures.filter((one) => one.part === "encode").map((one) => one.steps);
  const single = new Set(execution.signatures.filter((one) => one.part === "step" && one.rows === 1).map((one) => one.steps));
  const faults: string[] = [];
  if (execution.signatures.some((one) => !one.part) || !encoders.length) {
    faults.push("execution.signatures: encode_step needs encoders and steps, and nothing else");
  }
  const missing = encoders.filter((size) => !single.has(size));
  if (missing.length) {
    faults.push(`execution.signatures: there is no step of one row for encoders of ${missing.join(", ")} steps`);
  }
  if (execution.signatures.some((one) => one.rows < 1)) faults.push("execution.signatures: rows: expected 1 or more");
  if (!execution.memory.length) faults.push("execution.memory: encode_step needs it");
  const names = new Set(execution.states.map((one) => one.name));
  for (const name of execution.first_states) {
    if (!names.has(name)) faults.push(`execution.first_states: '${name}' is no state`);
  }
  return faults;
}

function unknownNames(field: string, names: readonly string[], tensors: readonly TensorSpec[]): string[] {
  const known = new Set(tensors.map((one) => one.name));
  return names.filter((name) => !known.has(name)).map((name) => `execution.${field}: '${name}' is not one of the model's`);
}

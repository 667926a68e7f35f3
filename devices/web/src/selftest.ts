import { EdgeRNNError } from "./errors.js";
import { difference, type GoldenVector, goldenVectors, outputScale } from "./golden.js";
import type { BaseModel } from "./model.js";
import type { SelftestReport } from "./outcomes.js";
import { GOLDEN_NAME } from "./spec/manifest.js";
import type { Tensor } from "./tensor.js";

/** Does this device compute what the workstation computed? Runs every golden vector of the bundle. */
export async function selftest(model: BaseModel): Promise<SelftestReport> {
  const vectors = goldenVectors(model.bundle.text(GOLDEN_NAME));
  const { tolerance, vectors: declared } = model.manifest.golden;
  const scale = outputScale(vectors);
  const failures: string[] = [];
  let maxError = 0;
  for (const [number, vector] of vectors.entries()) {
    try {
      const error = (await largestError(model, vector, number, failures)) / scale;
      if (!(error <= tolerance)) {
        failures.push(`vector ${number}: output differs by ${error.toPrecision(3)} of the scale, ${tolerance} is allowed`);
      }
      maxError = Math.max(maxError, error);
    } catch (error) {
      if (!(error instanceof EdgeRNNError)) throw error;
      failures.push(`vector ${number}: ${error.message}`);
    }
  }
  if (vectors.length !== declared) failures.push(`${vectors.length} vectors found, ${declared} declared`);
  return { passed: !failures.length, engine: model.engine, vectors: vectors.length, maxError, tolerance, failures };
}

async function largestError(model: BaseModel, vector: GoldenVector, number: number, failures: string[]): Promise<number> {
  if (vector.text !== null && hasEncode(model)) {
    const found = model.encode(vector.text);
    for (const [name, wanted] of Object.entries(vector.inputs)) {
      if (String(found[name]?.data) !== String(wanted.data)) {
        failures.push(`vector ${number}: its text is tokenized differently here`);
      }
    }
  }
  const states = Object.keys(vector.states).length ? vector.states : null;
  const outputs = await model.run(vector.inputs, states);
  return Math.max(...Object.entries(vector.outputs).map(([name, sample]) => difference(sample, outputs[name])));
}

function hasEncode(model: BaseModel): model is BaseModel & { encode(text: string): Record<string, Tensor> } {
  return model.kind === "classify" || model.kind === "tag";
}

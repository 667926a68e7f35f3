/** What a bundle says of itself, for people. */

import type { BaseModel } from "../../../src/index.js";
import type { TensorFacts } from "./protocol";

type Manifest = BaseModel["manifest"];
type Declared = Manifest["inputs"][number];

export function tensorFacts({ name, dtype, shape }: Declared): TensorFacts {
  return { name, dtype, shape: [...shape] };
}

/** Name and value, as `edgernn info` shows them. */
export function rowsOf(model: BaseModel): [string, string][] {
  const { manifest } = model;
  const { execution, quantization, proof, golden } = manifest;
  const sizes = execution.signatures.map((one) => one.name).join(", ");
  return [
    ["Task", manifest.task.name],
    ["Recipe", `${quantization.recipe}: ${quantization.summary}`],
    ...qualityRows(manifest),
    ["Inputs", manifest.inputs.map(tensor).join(", ")],
    ["Outputs", manifest.outputs.map(tensor).join(", ")],
    ["Signatures", `${sizes} (lowering: ${execution.lowering})`],
    ["States", execution.states.map(tensor).join(", ") || "none"],
    ["Proof", `${proof.cases} inputs against Keras, greatest error ${proof.max_error.toExponential(1)} of ${proof.scale.toPrecision(3)}`],
    ["Golden vectors", `${golden.vectors}, tolerance ${golden.tolerance}`],
    ["Engine", `${model.engine}, made for ${manifest.target}`],
    ...dataRows(manifest),
    ["Format", `${manifest.format_version}, written by EdgeRNN ${manifest.kit_version}`],
    ["Model's SHA-256", manifest.model.sha256],
  ];
}

function tensor({ name, dtype, shape }: Declared): string {
  return `${name} ${dtype}[${shape.map((size) => size ?? "any").join(", ")}]`;
}

function qualityRows({ quality }: Manifest): [string, string][] {
  if (!quality) return [];
  const pairs = Object.entries(quality.artifact).map(
    ([name, value]) => `${name} ${value.toFixed(4)} (Keras ${quality.keras[name]?.toFixed(4) ?? "unknown"})`,
  );
  return [["Quality", `${pairs.join(", ")} on ${quality.examples} examples of the ${quality.split} split`]];
}

function dataRows({ data }: Manifest): [string, string][] {
  if (!data) return [];
  const count = Object.values(data.split.counts).reduce((sum, one) => sum + one, 0);
  const rows: [string, string][] = [["Data", `${data.name}, ${count.toLocaleString("en")} examples`]];
  if (data.licence) rows.push(["Licence of the data", data.licence]);
  if (data.credit) rows.push(["Credit", data.credit]);
  return rows;
}

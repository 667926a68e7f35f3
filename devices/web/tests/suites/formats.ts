import { EdgeRNNError, selftest } from "../../src/index.js";
import { Pcg64, seedState } from "../../src/decode/pcg64.js";
import { goldenVectors, outputScale } from "../../src/golden.js";
import { randomValues } from "../../src/random-tensor.js";
import { all, near, same } from "../support/comparing.js";
import { type Case, edited, type Suite } from "../support/context.js";

const hex = (word: bigint) => word.toString(16).padStart(16, "0");

export const random: Suite = async function* ({ cases }) {
  for (const one of cases!) {
    const seed = BigInt(one.seed);
    const words = new Pcg64(seed);
    const doubles = new Pcg64(seed);
    yield {
      name: one.seed,
      faults: all(
        same(seedState(seed).map(hex), one.state, "state"),
        same(one.words.map(() => hex(words.word())), one.words, "words"),
        same(one.doubles.map(() => doubles.random()), one.doubles, "doubles"),
      ),
    };
  }
};

export const tensors: Suite = async function* ({ cases }) {
  for (const one of cases!) {
    const data = Array.from(randomValues(one).data as Float32Array, Number);
    yield { name: `${one.dtype} ${one.shape}`, faults: same(data, one.data.map(Number), "data") };
  }
};

export const bundles: Suite = async function* ({ cases, failing }, context) {
  for (const one of cases!) {
    const model = await context.model(one.bundle);
    const { manifest, bundle } = model;
    const report = await selftest(model);
    const names = (items: readonly { name: string }[]) => items.map((item) => item.name);
    yield {
      name: one.bundle,
      faults: all(
        same(model.constructor.name.replace(/^_/, ""), one.class, "class"),
        same([bundle.size, await bundle.sha256()], [one.size, one.sha256], "file"),
        same([manifest.model, manifest.assets], [one.model, one.assets], "hashes"),
        same([manifest.inputs, manifest.outputs], [one.inputs, one.outputs], "tensors"),
        same(manifest.execution.mode, one.mode, "mode"),
        same([names(manifest.execution.signatures), names(manifest.execution.states)], [one.signatures, one.states], "execution"),
        same(manifest.task, one.task, "task"),
        same(report.failures, [], "self-test"),
        same([report.passed, report.vectors, report.tolerance], [one.selftest.passed, one.selftest.vectors, one.selftest.tolerance], "self-test"),
        near([outputScale(goldenVectors(bundle.text("golden.json")))], [one.selftest.scale], 0, "scale"),
      ),
    };
  }
  for (const one of failing!) {
    const model = await context.load(edited(await context.bytes(one.bundle), one.edits), one.bundle);
    const report = await selftest(model);
    model.close();
    const numbers = report.failures.map((failure) => Number(/^vector (\d+)/.exec(failure)?.[1]));
    yield {
      name: "a self-test that fails",
      faults: all(same(report.passed, one.passed, "passed"), same(numbers, one.failing_vectors, "vectors")),
    };
  }
};

export const bad_bundles: Suite = async function* ({ cases }, context) {
  for (const one of cases!) {
    const content = edited(await context.bytes(one.bundle), one.edits);
    let found: unknown = null;
    try {
      (await context.load(content, "FILE")).close();
    } catch (error) {
      found = error;
    }
    yield { name: one.name, faults: refusal(found, one) };
  }
};

function refusal(found: unknown, one: Case): string[] {
  if (found === null || one.kind === null) return same(found === null ? null : String(found), one.kind, "error");
  if (!(found instanceof EdgeRNNError)) return [`no error of the runtime's own: ${found}`];
  const missing = one.gist.filter((word: string) => !found.message.includes(word));
  return all(
    same(found.name, one.kind, "kind"),
    missing.map((word: string) => `"${found.message}" does not say "${word}"`),
    found.message.includes("\n") ? ["the message has more than a line"] : [],
  );
}

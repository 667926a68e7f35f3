import type { AnyModel } from "../../src/index.js";
import { sliced } from "../../src/arrays.js";
import { randomValues } from "../../src/random-tensor.js";
import { Session } from "../../src/session.js";
import type { Tensor } from "../../src/tensor.js";
import { all, near, same } from "../support/comparing.js";
import type { Case, RandomInputs, Suite } from "../support/context.js";

export const steps: Suite = async function* (vectors, context) {
  for (const one of vectors["cases"]!) {
    yield { name: `steps of ${one.bundle}`, faults: await stepped(await context.model(one.bundle), one) };
  }
  for (const one of [...vectors["runs"]!, ...vectors["whole"]!]) {
    const model = await context.model(one.bundle);
    const states = made(one.states);
    const found = await model.run(made(one.inputs), Object.keys(states).length ? states : null);
    const shape = (Object.values(one.inputs) as Case[])[0].shape;
    yield { name: `${one.bundle} ${shape}`, faults: outputs(found, one) };
  }
  for (const one of vectors["pairs"]!) {
    const model = await context.model(one.bundle);
    yield { name: `${one.bundle} ${one.inputs.source.shape}`, faults: outputs(await model.run(made(one.inputs)), one, one.stride) };
  }
};

async function stepped(model: AnyModel, one: Case): Promise<string[]> {
  const states = made(one.states);
  const session = new Session(model, model.newStream());
  session.restore({ model_sha256: model.manifest.model.sha256, states });
  const untouched = session.fork();
  const inputs = made(one.inputs);
  const faults: string[] = [];
  for (const [at, wanted] of (one.outputs as Case[]).entries()) {
    const step = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, sliced(array, 1, at, at + 1)]));
    const found = await session.step(step);
    for (const [name, values] of Object.entries(wanted)) {
      faults.push(...near(found[name]!.data, values as number[], one.tolerance, `${name} of step ${at}`));
    }
  }
  const after = session.snapshot().states;
  for (const [name, values] of Object.entries(one.after)) {
    faults.push(...near(after[name]!.data, values as number[], one.tolerance, `${name} after`));
  }
  for (const [name, before] of Object.entries(untouched.snapshot().states)) {
    faults.push(...same(before.data, states[name]!.data, `${name} of the fork`));
  }
  return faults;
}

function outputs(found: Readonly<Record<string, Tensor>>, one: Case, stride = 1): string[] {
  return all(
    same(Object.keys(found), Object.keys(one.outputs), "names"),
    ...Object.entries(one.outputs as Record<string, Case>).map(([name, wanted]) => {
      const data = Array.from(found[name]!.data as Float32Array, Number).filter((_, at) => at % stride === 0);
      return all(same(found[name]!.shape, wanted.shape, `${name}'s shape`), near(data, wanted.data, one.tolerance, name));
    }),
  );
}

function made(inputs: RandomInputs): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, randomValues(one)]));
}

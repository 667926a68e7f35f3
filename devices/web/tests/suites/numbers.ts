import { prepareRaw, restore } from "../../src/forecast/features.js";
import { type PixelArray, loadPicture, modelInput } from "../../src/vision/picture.js";
import { halvingsOf } from "../../src/vision/resize.js";
import { sha256Hex } from "../../src/bundle/sha256.js";
import { type RandomTensor, randomValues } from "../../src/random-tensor.js";
import type { PictureSpec } from "../../src/spec/tasks.js";
import { all, near, numbers, same } from "../support/comparing.js";
import type { Suite, Vectors } from "../support/context.js";

/** A random tensor as a picture. */
export function pictureOf(source: RandomTensor): PixelArray {
  const [height = 0, width = 0, channels = 1] = source.shape;
  return { height, width, channels, data: Uint8Array.from(randomValues(source).data as Int32Array) };
}

export const pictures: Suite = async function* ({ cases, inputs }) {
  for (const one of cases!) {
    const spec = one.spec as PictureSpec;
    const source = pictureOf(one.source);
    const { data } = await loadPicture(source, spec);
    yield {
      name: `${one.source.shape} ${spec.fit} ${spec.size}`,
      faults: all(
        same(halvingsOf(source.width, source.height, spec), one.halvings, "halvings"),
        one.pixels ? same(data, one.pixels, "pixels") : [],
        same(await sha256Hex(Uint8Array.from(data)), one.sha256, "sha256"),
      ),
    };
  }
  for (const one of inputs!) {
    const found = modelInput({ ...pictureOf(one.source) }, one.spec);
    yield { name: `input ${JSON.stringify(one.spec)}`, faults: near(found.data as Float32Array, one.values.map(Math.fround), 0, "values") };
  }
};

export const series: Suite = async function* (vectors) {
  const tolerance = vectors["tolerance"] as unknown as number;
  const histories = vectors["histories"] as unknown as Readonly<Record<string, (number | null)[]>>;
  for (const one of (vectors as Vectors)["cases"]!) {
    const spec = one.spec;
    const given = Object.entries(one.covariates as Record<string, number[]>).map(([name, values]) => [name, numbers(values)]);
    const found = prepareRaw(numbers(histories[one.history]!), spec, given.length ? Object.fromEntries(given) : null);
    const outputs = randomValues({
      dtype: "float32",
      shape: [spec.horizon, spec.quantiles.length],
      random: { seed: 17, low: -2, high: 2 },
    });
    yield {
      name: `${one.history} ${spec.transform} ${spec.periods}`,
      faults: all(
        same(found.flags, one.flags, "flags"),
        near(found.window, one.window, tolerance, "window"),
        near(found.context, one.context, tolerance, "context"),
        near([found.level], [one.level], tolerance, "level"),
        near([found.scale], [one.scale], tolerance, "scale"),
        near(restore(outputs.data as Float32Array, found, spec), one.restored, tolerance, "restored"),
      ),
    };
  }
};

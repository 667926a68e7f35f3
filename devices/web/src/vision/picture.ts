import { InputError } from "../errors.js";
import type { PictureSpec } from "../spec/tasks.js";
import type { Tensor } from "../tensor.js";
import { fit, halved, halvingsOf, type Pixels } from "./resize.js";

/** Pixels of 8 bits: grey, RGB or RGBA, row by row. */
export interface PixelArray {
  readonly width: number;
  readonly height: number;
  /** 1, 3 or 4. */
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What a picture may be: a file's content, what a page shows, what a camera gives, or pixels. */
export type PictureSource =
  | Blob
  | Uint8Array
  | ArrayBuffer
  | ImageData
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | PixelArray;

const MAX_PIXELS = 205_000_000;
const FORMS = "expected a Blob, its bytes, ImageData, ImageBitmap, an image, a canvas, a video or {width, height, channels, data}";

/**
 * A picture in the size that a model reads.
 *
 * Pixels give the same result as in Python. What files decode to is up to the browser: of JPEG it may differ by a few
 * units, colour profiles may be applied, and transparent pixels are blended after the browser has rounded them.
 *
 * @throws InputError no picture, damaged, or too large.
 */
export async function loadPicture(source: PictureSource, spec: PictureSpec): Promise<Pixels> {
  let pixels = toRgb(await pixelsOf(source));
  for (let times = halvingsOf(pixels.width, pixels.height, spec); times > 0; times--) pixels = halved(pixels);
  return fit(pixels, spec);
}

/** The values that a model reads: (value - mean) / scale, rounded once; float32 [1, size, size, 3]. */
export function modelInput({ width, height, data }: Pixels, spec: PictureSpec): Tensor {
  const values = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    // Of "bgr" the first channel is the last.
    const from = spec.order === "rgb" ? at : at + 2 - 2 * (at % 3);
    values[at] = (data[from]! - spec.mean) / spec.scale;
  }
  return { dtype: "float32", shape: [1, height, width, 3], data: values };
}

/** RGB, on white. */
export function toRgb({ width, height, channels, data }: PixelArray): Pixels {
  if (channels === 3) return { width, height, data };
  const found = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = channels === 4 ? data[4 * pixel + 3]! : 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[channels === 1 ? pixel : 4 * pixel + channel]!;
      found[3 * pixel + channel] =
        alpha === 255 ? value : Math.floor((value * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return { width, height, data: found };
}

async function pixelsOf(source: PictureSource): Promise<PixelArray> {
  if (isPixels(source)) return checked(source);
  if (isImageData(source)) return checked({ ...sizes(source), channels: 4, data: source.data });
  if (source instanceof Blob) return decoded(source);
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return decoded(new Blob([source as BlobPart]));
  if (typeof source !== "object" || source === null) throw new InputError(`picture: ${FORMS}`);
  return drawn(source);
}

async function decoded(file: Blob): Promise<PixelArray> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, {
      imageOrientation: "from-image",
      premultiplyAlpha: "none",
      colorSpaceConversion: "none",
    });
  } catch (error) {
    throw new InputError(
      `picture: no picture that this browser reads, or damaged (${error instanceof Error ? error.message : error})`,
    );
  }
  try {
    return drawn(bitmap);
  } finally {
    bitmap.close();
  }
}

type Drawable = Exclude<PictureSource, Blob | Uint8Array | ArrayBuffer | ImageData | PixelArray>;

function drawn(source: Drawable): PixelArray {
  const { width, height } = drawnSize(source);
  if (!(width > 0 && height > 0)) throw new InputError("picture: it has no size: is it loaded?");
  refuseLarge(width, height);
  const context = canvasOf(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new InputError("picture: this browser has no canvas for it");
  try {
    context.drawImage(source as CanvasImageSource, 0, 0);
    return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
  } catch (error) {
    throw new InputError(`picture: ${FORMS} (${error instanceof Error ? error.message : error})`);
  }
}

type Context2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

function canvasOf(width: number, height: number): { getContext(kind: "2d", options: object): Context2d | null } {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

function drawnSize(source: Drawable): { width: number; height: number } {
  if ("videoWidth" in source) return { width: source.videoWidth, height: source.videoHeight };
  if ("naturalWidth" in source) return { width: source.naturalWidth, height: source.naturalHeight };
  return sizes(source);
}

function checked(pixels: PixelArray): PixelArray {
  const { width, height, channels, data } = pixels;
  const sides = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (!sides || ![1, 3, 4].includes(channels) || data.length !== width * height * channels) {
    throw new InputError(
      `picture: ${data.length} values for ${width} x ${height} pixels of ${channels} channels: expected 8 bits each of 1, 3 (RGB) or 4 (RGBA)`,
    );
  }
  refuseLarge(width, height);
  return pixels;
}

function refuseLarge(width: number, height: number): void {
  if (width * height > MAX_PIXELS) {
    throw new InputError(`picture: ${width} x ${height} pixels: more than ${MAX_PIXELS / 1e6} megapixels: make it smaller`);
  }
}

function isPixels(source: PictureSource): source is PixelArray {
  return typeof source === "object" && source !== null && "channels" in source;
}

function isImageData(source: PictureSource): source is ImageData {
  return "data" in source && source.data instanceof Uint8ClampedArray;
}

function sizes({ width, height }: { width: number; height: number }): { width: number; height: number } {
  return { width, height };
}

import type { PictureSpec } from "../spec/tasks.js";

/** RGB of 8 bits, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

const CHANNELS = 3;

/** How many times a picture is halved before its last, bilinear step. */
export function halvingsOf(width: number, height: number, spec: PictureSpec): number {
  const shorter = Math.min(width, height);
  const side = { stretch: shorter, crop: keptSide(width, height, spec), pad: Math.max(width, height) }[spec.fit];
  let count = 0;
  while (side >> (count + 1) >= spec.size && shorter >> (count + 1) >= 1) count++;
  return count;
}

/** Each 2 x 2 block becomes its mean, a half rounded up; an odd last row or column is left out. */
export function halved({ width, height, data }: Pixels): Pixels {
  const [columns, rows] = [width >> 1, height >> 1];
  const found = new Uint8Array(columns * rows * CHANNELS);
  const below = width * CHANNELS;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const first = (2 * row * width + 2 * column) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++, at++) {
        const place = first + channel;
        const sum = data[place]! + data[place + CHANNELS]! + data[place + below]! + data[place + below + CHANNELS]!;
        found[at] = (sum + 2) >> 2;
      }
    }
  }
  return { width: columns, height: rows, data: found };
}

/** The bilinear step, with what the rule cuts away or adds: [size, size]. */
export function fit(pixels: Pixels, spec: PictureSpec): Pixels {
  const { width, height } = pixels;
  if (spec.fit === "pad") {
    const longer = Math.max(width, height);
    // Rounded to the nearest, a half up.
    const side = (one: number) => Math.max(1, Math.floor((2 * one * spec.size + longer) / (2 * longer)));
    return onWhiteSquare(resized(pixels, side(width), side(height)), spec.size);
  }
  return resized(spec.fit === "crop" ? middleSquare(pixels, keptSide(width, height, spec)) : pixels, spec.size, spec.size);
}

function keptSide(width: number, height: number, spec: PictureSpec): number {
  return Math.max(1, Math.floor(Math.min(width, height) * spec.keep));
}

function middleSquare({ width, height, data }: Pixels, side: number): Pixels {
  const [top, left] = [(height - side) >> 1, (width - side) >> 1];
  const found = new Uint8Array(side * side * CHANNELS);
  for (let row = 0; row < side; row++) {
    const start = ((top + row) * width + left) * CHANNELS;
    found.set(data.subarray(start, start + side * CHANNELS), row * side * CHANNELS);
  }
  return { width: side, height: side, data: found };
}

function onWhiteSquare({ width, height, data }: Pixels, size: number): Pixels {
  const found = new Uint8Array(size * size * CHANNELS).fill(255);
  const [top, left] = [(size - height) >> 1, (size - width) >> 1];
  for (let row = 0; row < height; row++) {
    const line = data.subarray(row * width * CHANNELS, (row + 1) * width * CHANNELS);
    found.set(line, ((top + row) * size + left) * CHANNELS);
  }
  return { width: size, height: size, data: found };
}

/** Where a pixel comes from: two neighbours, and the second one's weight of 256. */
interface Place {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

/** Bilinear in whole numbers, as OpenCV's INTER_LINEAR_EXACT. */
function resized(pixels: Pixels, width: number, height: number): Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  const columns = placesOf(pixels.width, width);
  const rows = placesOf(pixels.height, height);
  const line = width * CHANNELS;
  // 8 bits before the point and 8 behind it.
  const wide = new Uint16Array(pixels.height * line);
  for (let row = 0, at = 0; row < pixels.height; row++) {
    const start = row * pixels.width;
    for (const { first, second, weight } of columns) {
      const [one, other] = [(start + first) * CHANNELS, (start + second) * CHANNELS];
      for (let channel = 0; channel < CHANNELS; channel++, at++) {
        wide[at] = (256 - weight) * pixels.data[one + channel]! + weight * pixels.data[other + channel]!;
      }
    }
  }
  const found = new Uint8Array(height * line);
  let at = 0;
  for (const { first, second, weight } of rows) {
    for (let column = 0; column < line; column++, at++) {
      const sum = (256 - weight) * wide[first * line + column]! + weight * wide[second * line + column]!;
      found[at] = (sum + 32768) >> 16;
    }
  }
  return { width, height, data: found };
}

function placesOf(from: number, to: number): Place[] {
  return Array.from({ length: to }, (_, at) => {
    const place = (from / to) * (at + 0.5) - 0.5;
    const first = Math.floor(place);
    if (first < 0) return { first: 0, second: 0, weight: 0 };
    if (first >= from - 1) return { first: from - 1, second: from - 1, weight: 0 };
    return { first, second: first + 1, weight: roundedHalfEven((place - first) * 256) };
  });
}

function roundedHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 ? floor + 1 : floor;
}

/** Pictures out of the vectors' random tensors, as PNG files. */

import { crc32, deflateSync } from "node:zlib";

export interface RandomPicture {
  shape: [number, number, 3];
  random: { seed: number; low: number; high: number };
}

/** An RGB picture of [height, width, 3] values. */
export function pngOf({ shape: [height, width], random }: RandomPicture): Buffer {
  const values = randomIntegers(height * width * 3, random);
  const rows = Array.from({ length: height }, (_, row) => [0, ...values.slice(row * width * 3, (row + 1) * width * 3)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))), chunk("IEND", Buffer.alloc(0))]);
}

/** See "Random tensors" in devices/conformance/README.md. */
function randomIntegers(count: number, { seed, low, high }: RandomPicture["random"]): number[] {
  return Array.from({ length: count }, (_, place) => {
    let x = (seed + Math.imul(place + 1, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x = (x ^ (x >>> 16)) >>> 0;
    return low + Number((BigInt(high - low) * BigInt(x)) >> 32n);
  });
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

import { crc32 } from "./crc32.js";

/** A member of an archive, by the central directory. */
export interface ZipMember {
  readonly name: string;
  /** Bytes that it says it unpacks to. */
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  /** Of the local header, in the file. */
  readonly offset: number;
}

/** The archive, or one of its members, cannot be read. */
export class ZipError extends Error {}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MOST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/**
 * The members of an archive that is appended to other bytes.
 *
 * @throws ZipError there is no archive at the end.
 */
export function zipMembers(file: Uint8Array): ZipMember[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = endRecord(view);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  // Offsets may count from the file's beginning or from the archive's: what lies before it moves all of them alike.
  const start = end - size;
  const shift = start - view.getUint32(end + 16, true);
  if (start < 0 || shift < 0) throw new ZipError("the central directory lies outside of the file");
  const members: ZipMember[] = [];
  let place = start;
  for (let number = 0; number < count; number++) {
    if (place + CENTRAL_BYTES > end || view.getUint32(place, true) !== CENTRAL) {
      throw new ZipError("the central directory is damaged");
    }
    const lengths = [28, 30, 32].map((at) => view.getUint16(place + at, true)) as [number, number, number];
    const next = place + CENTRAL_BYTES + lengths[0] + lengths[1] + lengths[2];
    if (next > end) throw new ZipError("the central directory is damaged");
    members.push({
      name: new TextDecoder().decode(file.subarray(place + CENTRAL_BYTES, place + CENTRAL_BYTES + lengths[0])),
      flags: view.getUint16(place + 8, true),
      method: view.getUint16(place + 10, true),
      crc: view.getUint32(place + 16, true),
      packedSize: view.getUint32(place + 20, true),
      size: view.getUint32(place + 24, true),
      offset: view.getUint32(place + 42, true) + shift,
    });
    place = next;
  }
  return members;
}

/**
 * The content of a member. No more bytes are unpacked than it says it has.
 *
 * @throws ZipError it is damaged, encrypted, packed in a way that is not known, or larger than it says.
 */
export async function unpack(file: Uint8Array, member: ZipMember): Promise<Uint8Array> {
  if (member.flags & ENCRYPTED) throw new ZipError("it is encrypted");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const { offset } = member;
  if (offset + LOCAL_BYTES > file.length || view.getUint32(offset, true) !== LOCAL) {
    throw new ZipError("its header is damaged");
  }
  const start = offset + LOCAL_BYTES + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const packed = file.subarray(start, start + member.packedSize);
  if (packed.length < member.packedSize) throw new ZipError("it is cut short");
  const content = await inflated(packed, member);
  if (content.length !== member.size) throw new ZipError("it has another size than it says");
  if (crc32(content) !== member.crc) throw new ZipError("its checksum does not match");
  return content;
}

function endRecord(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let place = last; place >= Math.max(0, last - MOST_COMMENT); place--) {
    if (view.getUint32(place, true) === END) return place;
  }
  throw new ZipError("no archive at the end");
}

async function inflated(packed: Uint8Array, member: ZipMember): Promise<Uint8Array> {
  if (member.method === STORED) return packed;
  if (member.method !== DEFLATED) throw new ZipError(`its method ${member.method} is not known`);
  const reader = new Blob([packed as BlobPart])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .getReader();
  const content = new Uint8Array(member.size);
  let filled = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (filled + part.value.length > content.length) throw new ZipError("it is larger than it says");
      content.set(part.value, filled);
      filled += part.value.length;
    }
  } catch (error) {
    throw error instanceof ZipError ? error : new ZipError(String(error));
  } finally {
    reader.cancel().catch(() => undefined);
  }
  return content.subarray(0, filled);
}

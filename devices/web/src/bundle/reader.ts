import { BundleError } from "../errors.js";
import { type FileSpec, MANIFEST_NAME, type Manifest, parseManifest, refuseNewer } from "../spec/manifest.js";
import { checkSeal } from "./seal.js";
import { sha256Hex } from "./sha256.js";
import { unpack, ZipError, type ZipMember, zipMembers } from "./zip.js";

/** A hostile archive may claim any size: members larger than this are not unpacked. */
const MAX_MEMBER_BYTES = 256 * 1024 * 1024;

/** A bundle in memory, checked. */
export class Bundle {
  /**
   * @param name where it was read from.
   * @param content the whole file.
   * @param model the TFLite FlatBuffer: the bytes before the archive.
   * @param manifest its declaration.
   * @param assets content by name.
   */
  constructor(
    readonly name: string,
    readonly content: Uint8Array,
    readonly model: Uint8Array,
    readonly manifest: Manifest,
    readonly assets: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** Bytes of the whole file. */
  get size(): number {
    return this.content.length;
  }

  /** SHA-256 of the whole file. */
  sha256(): Promise<string> {
    return sha256Hex(this.content);
  }

  /** An asset that the manifest names. */
  asset(name: string): Uint8Array {
    const found = this.assets.get(name);
    if (!found) throw new BundleError(`${this.name}: assets: ${name} is missing`);
    return found;
  }

  /**
   * An asset as text.
   *
   * @throws BundleError it is not UTF-8.
   */
  text(name: string): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.asset(name));
    } catch {
      throw new BundleError(`${this.name}: ${name} is not UTF-8`);
    }
  }
}

/**
 * Reads a bundle's bytes; everything is checked before anything of it is used.
 *
 * @param content of the file.
 * @param name of the file, for messages.
 * @throws BundleError not a bundle, damaged, not valid, or in a newer format.
 */
export async function parseBundle(content: Uint8Array, name: string): Promise<Bundle> {
  const members = opened(content, name);
  const document = await manifestDocument(content, members, name);
  // The version comes first: a newer format may be sealed in another way.
  refuseNewer(document, name);
  await checkSeal(content, name);
  const manifest = parseManifest(document, name);
  const model = content.subarray(0, manifest.model.size);
  await check(model, manifest.model, "the model", name);
  return new Bundle(name, content, model, manifest, await assets(content, members, manifest, name));
}

function opened(content: Uint8Array, name: string): ZipMember[] {
  try {
    return zipMembers(content);
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new BundleError(
      `${name}: not an EdgeRNN bundle, or damaged (no archive at its end): make one with edgernn convert`,
    );
  }
}

async function memberContent(content: Uint8Array, members: ZipMember[], wanted: string, name: string) {
  const member = members.findLast((one) => one.name === wanted);
  if (!member) {
    throw new BundleError(`${name}: ${wanted} is missing in its archive: not an EdgeRNN bundle, or damaged`);
  }
  if (member.size > MAX_MEMBER_BYTES) {
    throw new BundleError(`${name}: ${wanted} claims more than ${MAX_MEMBER_BYTES} bytes: refused`);
  }
  try {
    return await unpack(content, member);
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new BundleError(`${name}: damaged (${wanted} cannot be unpacked): copy it again, or convert again`);
  }
}

async function manifestDocument(content: Uint8Array, members: ZipMember[], name: string): Promise<unknown> {
  const text = await memberContent(content, members, MANIFEST_NAME, name);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    throw new BundleError(`${name}: damaged (${MANIFEST_NAME} is not JSON)`);
  }
}

async function assets(content: Uint8Array, members: ZipMember[], manifest: Manifest, name: string) {
  const names = members.map((one) => one.name).sort();
  const expected = [MANIFEST_NAME, ...Object.keys(manifest.assets)].sort();
  if (names.join("\n") !== expected.join("\n")) {
    throw new BundleError(`${name}: archive holds ${names.join(", ")}; the manifest names ${expected.join(", ")}`);
  }
  const found = new Map<string, Uint8Array>();
  for (const [asset, spec] of Object.entries(manifest.assets)) {
    const data = await memberContent(content, members, asset, name);
    await check(data, spec, asset, name);
    found.set(asset, data);
  }
  return found;
}

async function check(data: Uint8Array, spec: FileSpec, what: string, name: string): Promise<void> {
  if (data.length !== spec.size || (await sha256Hex(data)) !== spec.sha256) {
    throw new BundleError(
      `${name}: damaged (SHA-256 of ${what} does not match): copy it again, or convert again`,
    );
  }
}

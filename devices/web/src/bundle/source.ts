import { BundleError } from "../errors.js";
import { type Bundle, parseBundle } from "./reader.js";

/** Where a bundle may come from: an address, a response, a file that the user chose, or bytes. */
export type BundleSource = string | URL | Response | Blob | ArrayBuffer | Uint8Array;

/**
 * Reads a bundle once and checks all of it.
 *
 * @param source where it comes from.
 * @param name for messages; by default the address or the file's name.
 * @throws BundleError not there, not a bundle, damaged, not valid, or in a newer format.
 */
export async function readBundle(source: BundleSource, name = nameOf(source)): Promise<Bundle> {
  return parseBundle(await bytesOf(source, name), name);
}

async function bytesOf(source: BundleSource, name: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const response = source instanceof Response ? source : await fetched(source, name);
  if (!response.ok) {
    throw new BundleError(`${name}: cannot be fetched: ${response.status} ${response.statusText}`.trimEnd());
  }
  return new Uint8Array(await response.arrayBuffer());
}

async function fetched(address: string | URL, name: string): Promise<Response> {
  try {
    return await fetch(address);
  } catch (error) {
    throw new BundleError(`${name}: cannot be fetched: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nameOf(source: BundleSource): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Response) return source.url || "the response";
  return source instanceof Blob && "name" in source ? String(source.name) : "the bundle";
}

import { BundleError } from "../errors.js";
import { sha256Hex } from "./sha256.js";

const PREFIX = "EdgeRNN sha256=";
const SEAL_BYTES = PREFIX.length + 64;

/**
 * Checks that a file is exactly as it was written: the archive's comment holds the SHA-256 of every byte before it.
 *
 * @param where it lies, for the message.
 */
export async function checkSeal(file: Uint8Array, where: string): Promise<void> {
  const mark = new TextDecoder("latin1").decode(file.subarray(Math.max(0, file.length - SEAL_BYTES)));
  if (file.length < SEAL_BYTES || !mark.startsWith(PREFIX)) {
    throw new BundleError(`${where}: damaged or cut short (its end is missing): copy it again, or convert again`);
  }
  if ((await sha256Hex(file.subarray(0, file.length - SEAL_BYTES))) !== mark.slice(PREFIX.length)) {
    throw new BundleError(`${where}: damaged (its SHA-256 does not match): copy it again, or convert again`);
  }
}

import { RuntimeUnavailable } from "../errors.js";

/** SHA-256 of `data`, 64 lower-case hexadecimal digits. */
export async function sha256Hex(data: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new RuntimeUnavailable("bundles are hashed before they run, which browsers do on https and localhost only: serve the page so");
  }
  const digest = await crypto.subtle.digest("SHA-256", data as BufferSource);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where bundles come from. */

/** A bundle that has not been looked at yet. */
export interface Source {
  name: string;
  bytes: ArrayBuffer;
}

/** What the app ships with; written by `edgernn export-app`. */
export interface AppSettings {
  title: string;
  model: { file: string; name: string } | null;
}

/** Reads the app's own settings. */
export async function readSettings(): Promise<AppSettings> {
  try {
    const answer = await fetch("./app.json");
    return answer.ok ? ((await answer.json()) as AppSettings) : { title: "EdgeRNN", model: null };
  } catch {
    return { title: "EdgeRNN", model: null };
  }
}

/** A file that was chosen or dropped. */
export async function fromFile(file: File): Promise<Source> {
  return { name: nameOf(file.name), bytes: await file.arrayBuffer() };
}

/**
 * A bundle on the app's own site.
 *
 * Throws an Error that says what to mend.
 */
export async function fromAddress(address: string): Promise<Source> {
  let url: URL;
  try {
    url = new URL(address, document.baseURI);
  } catch {
    throw new Error(`"${address}" is no address.`);
  }
  if (url.origin !== location.origin) {
    throw new Error(`Only addresses on this site (${location.origin}) can be opened: download the file and choose it.`);
  }
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch {
    throw new Error(`${url.pathname} cannot be reached: is there a network?`);
  }
  if (!answer.ok) throw new Error(`${url.pathname}: the site answers ${answer.status} ${answer.statusText}`.trim() + ".");
  return { name: nameOf(url.pathname), bytes: await answer.arrayBuffer() };
}

/** "models/spam.int8.tflite" is called "spam.int8". */
export function nameOf(path: string): string {
  return decodeURIComponent(path.split("/").at(-1) ?? "").replace(/\.tflite$/i, "") || "model";
}

import type { AnyModel } from "../../src/index.js";
import type { RandomTensor } from "../../src/random-tensor.js";
import type { Faults } from "./comparing.js";

/** What suites need of the place that they run in: Node, or a page. */
export interface Context {
  /** A bundle's bytes. */
  bytes(name: string): Promise<Uint8Array>;
  /** A bundle that the real engine has loaded; the same one at each call. */
  model(name: string): Promise<AnyModel>;
  /** Loads bytes, as a bundle of this name. */
  load(content: Uint8Array, name: string): Promise<AnyModel>;
}

/** One file of vectors, as JSON. */
export type Vectors = Readonly<Record<string, readonly Case[]>>;
/** One case; the suites say what is in it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Case = any;

/** The answer to one case. */
export interface Checked {
  readonly name: string;
  readonly faults: Faults;
}

/** Runs all cases of a file of vectors. */
export type Suite = (vectors: Vectors, context: Context) => AsyncGenerator<Checked>;

export type RandomInputs = Readonly<Record<string, RandomTensor>>;

/** The text of a case, which may be given as UTF-16 units. */
export function textOf(one: { text?: string; utf16?: number[] }): string {
  return one.text ?? String.fromCharCode(...one.utf16!);
}

/** Applies the edits of a case. */
export function edited(content: Uint8Array, edits: readonly { at: number; delete: number; insert: string }[]): Uint8Array {
  return edits.reduce((before, edit) => {
    const inserted = Uint8Array.from(atob(edit.insert), (character) => character.charCodeAt(0));
    const after = new Uint8Array(before.length - edit.delete + inserted.length);
    after.set(before.subarray(0, edit.at));
    after.set(inserted, edit.at);
    after.set(before.subarray(edit.at + edit.delete), edit.at + inserted.length);
    return after;
  }, content);
}

/** Code points [start, end) as UTF-16 units. */
export function units(text: string, [start, end]: readonly [number, number]): [number, number] {
  const characters = Array.from(text);
  const before = characters.slice(0, start).join("").length;
  return [before, before + characters.slice(start, end).join("").length];
}

/** Python's names in camelCase. */
export function camelCase(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name.replace(/_(\w)/g, (_, one: string) => one.toUpperCase()), value]),
  );
}

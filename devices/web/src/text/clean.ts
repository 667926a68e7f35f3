import { InputError } from "../errors.js";

const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * The first characters of a text, lone surrogates read as U+FFFD.
 *
 * @param maxChars characters (code points, as Python counts them) that are read.
 * @throws InputError not a string.
 */
export function cleanText(text: string, maxChars = Infinity): string {
  const checked = checkText(text);
  const cut = checked.length > maxChars ? firstCharacters(checked, maxChars) : checked;
  return cut.replace(LONE_SURROGATES, "\ufffd");
}

/** The text itself. */
export function checkText(text: unknown): string {
  if (typeof text !== "string") throw new InputError(`expected a text, found ${nameOf(text)}`);
  return text;
}

/** The first characters, counted as Python counts. */
export function firstCharacters(text: string, count: number): string {
  let place = 0;
  for (let left = count; left > 0 && place < text.length; left--) place += width(text, place);
  return text.slice(0, place);
}

/** The last characters, counted as Python counts. */
export function lastCharacters(text: string, count: number): string {
  let place = text.length;
  for (let left = count; left > 0 && place > 0; left--) {
    place -= place > 1 && text.codePointAt(place - 2)! > 0xffff ? 2 : 1;
  }
  return text.slice(place);
}

/** UTF-16 units of the character at a place. */
export function width(text: string, place: number): number {
  return text.codePointAt(place)! > 0xffff ? 2 : 1;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value;
}

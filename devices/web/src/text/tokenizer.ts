import { Tokenizer } from "@huggingface/tokenizers";

import { BundleError } from "../errors.js";
import { isObject } from "../spec/schema.js";

/** A tokenizer that is ready to use. */
export interface Encoder {
  /** Token ids of a text, special tokens and truncation as the file says. */
  encode(text: string): number[];
}

type Document = Record<string, unknown> & { model: Record<string, unknown> };

/**
 * Opens a tokenizer in Hugging Face tokenizers' format.
 *
 * The library's JavaScript leaves some of the format out: truncation, unknown words of vocabularies of whole words, and
 * lower case by single characters. These are done here.
 *
 * @throws BundleError not such a file.
 */
export function loadTokenizer(text: string): Encoder {
  const document = parsed(text);
  const normalize = normalizer(document["normalizer"]);
  const { before, after } = template(document["post_processor"]);
  const limit = maxLength(document["truncation"], before.length + after.length);
  const unknown = unknownId(document);
  const tokenizer = opened({
    ...document,
    normalizer: normalize ? null : document["normalizer"],
    // The special tokens' own spelling in a text is text like any other.
    added_tokens: [],
    post_processor: null,
  });
  return {
    encode(given) {
      const ids = tokenizer.encode(normalize ? normalize(given) : given, { add_special_tokens: false }).ids;
      const known = ids.map((id: number | undefined) => id ?? unknown).filter((id) => id !== null);
      return [...before, ...known.slice(0, limit), ...after];
    },
  };
}

/** The vocabulary, by id. */
export function vocabularyOf(text: string): string[] {
  const model = isObject(text) ? {} : parsed(text).model;
  const vocabulary = model["vocab"];
  if (!isObject(vocabulary)) throw new BundleError("the tokenizer has no vocabulary");
  const words: string[] = [];
  for (const [word, id] of Object.entries(vocabulary)) words[Number(id)] = word;
  const count = Object.keys(vocabulary).length;
  if (!count || words.length !== count) throw new BundleError("the tokenizer's vocabulary has gaps");
  return words;
}

function parsed(text: string): Document {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new BundleError(`the tokenizer is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isObject(document) || !isObject(document["model"])) {
    throw new BundleError("the tokenizer has no model: it is not in Hugging Face tokenizers' format");
  }
  return document as Document;
}

function opened(document: Document): Tokenizer {
  try {
    return new Tokenizer(document, {});
  } catch (error) {
    throw new BundleError(`the tokenizer cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

type Normalize = (text: string) => string;

/** The kinds of normalizer that the kit writes; null: the library's own. */
function normalizer(spec: unknown): Normalize | null {
  if (!isObject(spec)) return spec === null || spec === undefined ? (text) => text : null;
  if (spec["type"] === "Sequence" && Array.isArray(spec["normalizers"])) {
    const parts = spec["normalizers"].map(normalizer);
    return parts.includes(null) ? null : (text) => parts.reduce((done, part) => part!(done), text);
  }
  if (spec["type"] === "Lowercase") {
    // Character by character: toLowerCase looks at a sigma's neighbours, and Hugging Face does not.
    return (text) => Array.from(text, (character) => character.toLowerCase()).join("");
  }
  if (spec["type"] === "Replace" && isObject(spec["pattern"]) && typeof spec["content"] === "string") {
    const { Regex: expression, String: literal } = spec["pattern"];
    const content = spec["content"];
    if (typeof literal === "string") return (text) => text.split(literal).join(content);
    const pattern = typeof expression === "string" ? compiled(expression) : null;
    return pattern && ((text) => text.replace(pattern, () => content));
  }
  return null;
}

function compiled(expression: string): RegExp | null {
  try {
    return new RegExp(expression, "gu");
  } catch {
    return null;
  }
}

function template(spec: unknown): { before: number[]; after: number[] } {
  const found = { before: [] as number[], after: [] as number[] };
  if (!isObject(spec)) return found;
  if (spec["type"] !== "TemplateProcessing" || !Array.isArray(spec["single"]) || !isObject(spec["special_tokens"])) {
    throw new BundleError(`the tokenizer's post-processor '${spec["type"]}' is not known here`);
  }
  let side = found.before;
  for (const item of spec["single"] as Record<string, { id?: string }>[]) {
    if (item["Sequence"]) side = found.after;
    else {
      const special = spec["special_tokens"][item["SpecialToken"]?.id ?? ""];
      if (!isObject(special) || !Array.isArray(special["ids"])) throw new BundleError("the tokenizer is malformed");
      side.push(...(special["ids"] as number[]));
    }
  }
  return found;
}

function maxLength(spec: unknown, added: number): number {
  if (!isObject(spec)) return Infinity;
  if (spec["direction"] !== "Right") {
    throw new BundleError(`the tokenizer's truncation '${spec["direction"]}' is not known here`);
  }
  return Math.max(Number(spec["max_length"]) - added, 0);
}

function unknownId({ model }: Document): number | null {
  const { vocab, unk_token: unknown } = model;
  return isObject(vocab) && typeof unknown === "string" ? ((vocab[unknown] as number | undefined) ?? null) : null;
}

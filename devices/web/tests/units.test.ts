import { describe, expect, it } from "vitest";

import { crc32 } from "../src/bundle/crc32.js";
import { ZipError, zipMembers } from "../src/bundle/zip.js";
import { greatest } from "../src/decode/select.js";
import { Lock } from "../src/lock.js";
import { Adaptation } from "../src/lm/adaptation.js";
import { typed } from "../src/lm/words.js";
import { chunkPlan, wholePlan } from "../src/plan.js";
import { parseManifest } from "../src/spec/manifest.js";
import { cleanText, firstCharacters, lastCharacters } from "../src/text/clean.js";
import { loadTokenizer, vocabularyOf } from "../src/text/tokenizer.js";
import { Edited } from "../src/translate/edited.js";
import { mask } from "../src/translate/kept.js";
import { toRgb } from "../src/vision/picture.js";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("archives", () => {
  it("has the usual checksum", () => {
    expect(crc32(bytes("123456789"))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it("refuses what is no archive, whatever its length", () => {
    for (let length = 0; length < 40; length++) expect(() => zipMembers(new Uint8Array(length))).toThrow(ZipError);
    // An end record that points before the file.
    const end = new Uint8Array(22);
    end.set([0x50, 0x4b, 5, 6]);
    new DataView(end.buffer).setUint32(12, 1000, true);
    expect(() => zipMembers(end)).toThrow(ZipError);
  });
});

describe("manifests", () => {
  it("refuses whatever JSON holds, with a sentence each", () => {
    for (const document of [null, 1, "x", [], {}, { format_version: "1" }, { task: {}, model: null }]) {
      expect(() => parseManifest(document, "x.tflite")).toThrow(/^x\.tflite: edgernn\.json is not valid: /);
    }
    expect(() => parseManifest({ __proto__: { format_version: 1 } }, "x")).toThrow(/format_version: missing/);
    expect(() => parseManifest({ format_version: 9 }, "x")).toThrow(/format 9 is newer/);
  });
});

describe("plans", () => {
  it("cuts as Python does", () => {
    expect(chunkPlan(37, [16, 4, 1]).map((one) => [one.signature, one.start, one.stop])).toEqual([
      [0, 0, 16],
      [0, 16, 32],
      [1, 32, 36],
      [2, 36, 37],
    ]);
    expect(wholePlan(7, [12, 6]).signature).toBe(0);
    expect(wholePlan(6, [12, 6]).signature).toBe(1);
    expect(() => wholePlan(13, [12, 6])).toThrow("sequence of 13 steps is longer than this bundle takes (12)");
  });
});

describe("selection", () => {
  it("takes of equal scores those with the lower index, and these first", () => {
    const scores = Float32Array.from({ length: 200 }, (_, at) => (at * 7919) % 5);
    const sorted = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
    for (const k of [1, 2, 41, 80, 199, 200, 300]) expect(greatest(scores, k)).toEqual(sorted.slice(0, k));
    expect(greatest(Float32Array.from([-Infinity, 1, -Infinity]), 2)).toEqual([1, 0]);
  });
});

describe("the lock", () => {
  it("runs one after another, also after a failure", async () => {
    const lock = new Lock();
    const order: number[] = [];
    const work = (number: number, fails = false) =>
      lock.run(async () => {
        await new Promise((resolve) => setTimeout(resolve, 3 - number));
        order.push(number);
        if (fails) throw new Error("no");
      });
    const results = await Promise.allSettled([work(0), work(1, true), work(2)]);
    expect(results.map((one) => one.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(order).toEqual([0, 1, 2]);
  });
});

describe("texts", () => {
  it("counts characters as Python does", () => {
    expect(firstCharacters("a\u{1f600}bc", 2)).toBe("a\u{1f600}");
    expect(lastCharacters("ab\u{1f600}c", 2)).toBe("\u{1f600}c");
    expect(lastCharacters("\u{1f600}", 5)).toBe("\u{1f600}");
    expect(cleanText("\ud800a\udc00\u{1f600}", 3)).toBe("\ufffda\ufffd");
    expect(() => cleanText(null as never)).toThrow("expected a text, found null");
  });

  it("divides what is being typed", () => {
    expect(typed("I want so")).toEqual({ before: "I want", partial: "so", blank: true });
    expect(typed("don't")).toEqual({ before: "", partial: "don't", blank: false });
    expect(typed("a  ")).toEqual({ before: "a ", partial: "", blank: true });
  });

  const vocab = { "<unk>": 0, a: 1, "\u03c3": 2, "\u03c2": 3, "<s>": 4 };
  const document = (parts: object) =>
    JSON.stringify({
      version: "1.0",
      added_tokens: [{ id: 4, content: "<s>", special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }],
      normalizer: null,
      pre_tokenizer: { type: "Split", pattern: { Regex: "." }, behavior: "Isolated", invert: false },
      post_processor: null,
      decoder: null,
      truncation: null,
      model: { type: "WordLevel", vocab, unk_token: "<unk>" },
      ...parts,
    });

  it("does what the library's JavaScript leaves out", () => {
    // A sigma at a word's end stays an ordinary one: Hugging Face looks at single characters.
    expect(loadTokenizer(document({ normalizer: { type: "Lowercase" } })).encode("A\u03a3")).toEqual([1, 2]);
    expect(loadTokenizer(document({})).encode("ab<s>")).toEqual([1, 0, 0, 0, 0]);
    const truncation = { direction: "Right", max_length: 3, strategy: "LongestFirst", stride: 0 };
    const post_processor = {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { "<s>": { id: "<s>", ids: [4], tokens: ["<s>"] } },
    };
    expect(loadTokenizer(document({ truncation, post_processor })).encode("aaaaa")).toEqual([4, 1, 1]);
  });

  it("refuses what it does not know by name", () => {
    expect(() => loadTokenizer("[")).toThrow("the tokenizer is not JSON");
    expect(() => loadTokenizer("[]")).toThrow("the tokenizer has no model");
    expect(() => loadTokenizer(document({ post_processor: { type: "Odd" } }))).toThrow("'Odd' is not known here");
    expect(() => loadTokenizer(document({ truncation: { direction: "Left" } }))).toThrow("'Left' is not known here");
    expect(() => vocabularyOf(document({ model: { vocab: { a: 0, b: 2 } } }))).toThrow("gaps");
    expect(() => vocabularyOf(document({ model: {} }))).toThrow("no vocabulary");
  });
});

describe("edited texts", () => {
  it("knows where characters came from and went", () => {
    const edited = new Edited("one two three", [[4, 7, "2"]]);
    expect(edited.text).toBe("one 2 three");
    expect(edited.before([4, 5])).toEqual([4, 7]);
    expect(edited.after([8, 13])).toEqual([6, 11]);
    expect(edited.after([5, 6])).toEqual([4, 5]);
  });

  it("puts things back once each, and not within longer numbers", () => {
    const masked = mask("see www.example.org/a now", false, true);
    expect(masked.edited.text).toBe("see 41 now");
    expect(masked.restored("voy 41 ya")?.text).toBe("voy www.example.org/a ya");
    expect(masked.restored("voy 411 ya")).toBeNull();
    expect(masked.restored("41 41")).toBeNull();
  });
});

describe("pictures", () => {
  it("blends what is transparent with white", () => {
    const data = Uint8Array.from([10, 20, 30, 255, 0, 0, 0, 0, 100, 100, 100, 128]);
    const found = toRgb({ width: 3, height: 1, channels: 4, data });
    expect(Array.from(found.data)).toEqual([10, 20, 30, 255, 255, 255, 177, 177, 177]);
    expect(Array.from(toRgb({ width: 2, height: 1, channels: 1, data: Uint8Array.from([7, 9]) }).data)).toEqual([7, 7, 7, 9, 9, 9]);
  });
});

describe("adaptation", () => {
  it("reads what it wrote, and nothing else", () => {
    const one = new Adaptation("a".repeat(64), 10);
    one.learn([1, 2, 3, 2, 3]);
    expect(one.length).toBe(4);
    const other = new Adaptation("a".repeat(64), 10);
    other.load(one.save());
    const logits = new Float32Array(10);
    expect(other.mix(logits.slice(), [1, 2])).toEqual(one.mix(logits.slice(), [1, 2]));
    expect(one.mix(logits.slice(), [1, 2])[3]).toBeGreaterThan(one.mix(logits.slice(), [1, 2])[4]!);
    for (const bad of ["", "{}", '{"format":1,"tokenizer":"a","counts":{"1":{"99":1}}}', '{"format":1,"counts":{"x":{}}}']) {
      expect(() => other.load(bad)).toThrow("no memory of a language model");
    }
    expect(() => new Adaptation("b".repeat(64), 10).load(one.save())).toThrow("another model's tokens");
    one.clear();
    expect(one.length).toBe(0);
  });
});

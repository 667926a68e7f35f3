/** Parts of the app that need no browser. */

import { describe, expect, test } from "vitest";
import { latest } from "../src/engine/client";
import { toArray } from "../src/model/arrays";
import { parseTable } from "../src/model/csv";
import { nameOf } from "../src/model/sources";
import { accept } from "../src/pages/lm";
import { spansOf } from "../src/pages/tag";
import { niceTicks } from "../src/ui/chart";
import { duration, median, percent, short, size } from "../src/ui/format";

describe("tables", () => {
  test.each([
    ["1\n2\n3.5", [1, 2, 3.5], "column 1"],
    ["1 2 3", [1, 2, 3], "column 1"],
    ["1,2,3", [1, 2, 3], "column 1"],
    ["sales\n1\n\n2e3\r\n-.5", [1, 2000, -0.5], "sales"],
    ["a;b\n1,5;x\n2,5;y", [1.5, 2.5], "a"],
    ["1\nNA\n3", [1, NaN, 3], "column 1"],
    ['day,"a, b"\n"x, 1",4\nx,5', [4, 5], "a, b"],
    ["t\tv\n2020-01-01\t7\n2020-01-02\t", [7, NaN], "v"],
  ])("%j", (text, values, name) => {
    const { columns } = parseTable(text);
    expect(columns[0]).toEqual({ name, values });
  });

  test("several columns, and what names the rows", () => {
    const { columns, marks } = parseTable("day,a,b\nMon,1,2\nTue,3,4\n");
    expect(columns).toEqual([
      { name: "a", values: [1, 3] },
      { name: "b", values: [2, 4] },
    ]);
    expect(marks).toEqual(["Mon", "Tue"]);
  });

  test.each(["", "\n \n", "one\ntwo\nthree"])("no numbers: %j", (text) => {
    expect(() => parseTable(text)).toThrow(/^No (values|column)/);
  });
});

describe("arrays", () => {
  const tensor = (shape: (number | null)[], dtype = "float32") => ({ name: "x", dtype, shape });

  test("an axis of any length gets what is left for it", () => {
    expect(toArray(tensor([1, null, 2]), "1 2\n3, 4;5 6")).toEqual({ shape: [1, 3, 2], values: [1, 2, 3, 4, 5, 6] });
    expect(toArray(tensor([1, null], "int32"), "7").shape).toEqual([1, 1]);
    expect(toArray(tensor([1, 3]), "1e3 -2 .5").values).toEqual([1000, -2, 0.5]);
  });

  test.each([
    [[1, null, 2], "1 2 3", "x takes a multiple of 2 numbers, 2 a step; there are 3."],
    [[1, null], "", "x takes at least one number; there are 0."],
    [[1, 3], "1 2", "x takes 3 numbers; there are 2."],
    [[1, 3], "1 two 3", 'x: "two" is no number.'],
    [[1, null, null], "1", "x has 2 axes of any length"],
  ])("%j from %j", (shape, text, message) => {
    expect(() => toArray(tensor(shape), text)).toThrow(message);
  });

  test("ids are whole", () => expect(() => toArray(tensor([1, null], "int32"), "1.5")).toThrow("x takes whole numbers."));
});

test.each([
  ["I wan", { text: "want", completes: true }, "I want "],
  ["", { text: "The", completes: false }, "The "],
  ["I want ", { text: "soup", completes: false }, "I want soup "],
  ["I want", { text: "soup", completes: false }, "I want soup "],
  ["I want ", { text: ".", completes: false }, "I want. "],
  ["it’", { text: "it’s", completes: true }, "it’s "],
  ["ол", { text: "олень", completes: true }, "олень "],
])("a suggestion after %j", (text, suggestion, wanted) => {
  expect(accept(text, { score: 1, ...suggestion })).toBe(wanted);
});

test("words with a label are marked, those without are not", () => {
  const token = (text: string, start: number, pos: string, marks: string) => ({
    text,
    start,
    end: start + text.length,
    labels: { pos, marks },
    scores: { pos: 0.5, marks: 0.25 },
  });
  const found = { text: "a b", tokens: [token("a", 0, "DT", ""), token("b", 2, "O", "x|y")], entities: [], spans: {} };
  expect(spansOf(found, "pos")).toEqual([{ text: "a", label: "DT", start: 0, end: 1, score: 0.5 }]);
  expect(spansOf(found, "marks")).toEqual([{ text: "b", label: "x|y", start: 2, end: 3, score: 0.25 }]);
  expect(spansOf(found, "entities")).toEqual([]);
});

test.each([
  [0, 1, 4, [0, 0.5, 1]],
  [-3.2, 12, 4, [0, 5, 10]],
  [100, 160, 4, [100, 120, 140, 160]],
  [5, 5, 4, [5]],
])("ticks from %d to %d", (low, high, count, wanted) => {
  expect(niceTicks(low, high, count)).toEqual(wanted);
});

test("numbers for people", () => {
  expect([duration(0.04), duration(99.94), duration(480.4), duration(1234)]).toEqual(["0.0 ms", "99.9 ms", "480 ms", "1.2 s"]);
  expect([size(300), size(57435), size(1.5e6)]).toEqual(["1 kB", "57 kB", "1.5 MB"]);
  expect([percent(0), percent(0.004), percent(0.9865), percent(1)]).toEqual(["0 %", "0.4 %", "99 %", "100 %"]);
  expect([short(NaN), short(0), short(1234.56), short(0.00012), short(-1.239)]).toEqual(["–", "0", "1,234.6", "1.20e-4", "-1.24"]);
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  expect([nameOf("a/b/spam.int8.tflite"), nameOf("x%20y.TFLITE"), nameOf("")]).toEqual(["spam.int8", "x y", "model"]);
});

test("only the newest of the inputs that wait is worked on", async () => {
  const seen: number[] = [];
  let free: () => void = () => undefined;
  const work = latest(async (input: number) => {
    seen.push(input);
    await new Promise<void>((resolve) => (free = resolve));
  });
  [1, 2, 3].forEach(work);
  free();
  await new Promise((resolve) => setTimeout(resolve));
  free();
  await new Promise((resolve) => setTimeout(resolve));
  work(4);
  expect(seen).toEqual([1, 3, 4]);
});

/** Any Keras model: numbers in, numbers out. */

import type { PlainArray, TensorFacts } from "../engine/protocol";
import { toArray } from "../model/arrays";
import { chart, type Line } from "../ui/chart";
import { field, fold, h } from "../ui/dom";
import { short } from "../ui/format";
import type { MakePage, PageContext } from "./page";

const EXAMPLE_STEPS = 16;
const MOST_LINES = 4;
const MOST_ROWS = 200;
const KINDS: Line["kind"][] = ["one", "two", "three", "four"];

export const makeArraysPage: MakePage = (context) => {
  const answer = h("section", { class: "card", "aria-label": "Outputs", hidden: true });
  const boxes = context.facts.inputs.map((tensor) => ({ tensor, box: box(tensor) }));
  const fill = (value: () => number): void => {
    for (const { tensor, box } of boxes) box.value = example(tensor, value);
  };
  const go = h("button", { type: "button", class: "main" }, "Compute");
  go.addEventListener("click", () => void compute(context, boxes, answer));
  const random = h("button", { type: "button", class: "plain", onclick: () => fill(() => Math.random() * 2 - 1) }, "Random values");
  fill(() => 0);
  const fields = boxes.map(({ tensor, box }) => field(tensor.name, box, described(tensor)));
  const form = h("section", { class: "card", "aria-label": "Inputs" }, ...fields, h("div", { class: "row" }, go, random));
  return h("div", { class: "stack" }, form, answer);
};

interface Box {
  tensor: TensorFacts;
  box: HTMLTextAreaElement;
}

function box(tensor: TensorFacts): HTMLTextAreaElement {
  const rows = tensor.shape.length > 2 ? 5 : 2;
  return h("textarea", { rows, class: "code", spellcheck: "false", autocomplete: "off", "data-input": tensor.name });
}

function described(tensor: TensorFacts): string {
  const shape = tensor.shape.map((one) => one ?? "any").join(", ");
  const how = tensor.shape.length > 2 ? "a step a line" : "numbers with blanks between";
  return `${tensor.dtype} [${shape}], ${how}`;
}

function example(tensor: TensorFacts, value: () => number): string {
  const sizes = tensor.shape.slice(1).map((one) => one ?? EXAMPLE_STEPS);
  const row = sizes.slice(1).reduce((product, one) => product * one, 1);
  const rows = tensor.shape.length > 2 ? (sizes[0] as number) : 1;
  const width = tensor.shape.length > 2 ? row : (sizes[0] ?? 1);
  const one = (): string => (tensor.dtype.startsWith("int") ? "1" : value().toFixed(2));
  return Array.from({ length: rows }, () => Array.from({ length: width }, one).join(" ")).join("\n");
}

async function compute(context: PageContext, boxes: Box[], answer: HTMLElement): Promise<void> {
  context.complain("");
  answer.hidden = true;
  const inputs: Record<string, PlainArray> = {};
  try {
    for (const { tensor, box } of boxes) inputs[tensor.name] = toArray(tensor, box.value);
  } catch (error) {
    context.complain((error as Error).message);
    return;
  }
  const found = await context.ask("run", { inputs });
  if (!found) return;
  answer.replaceChildren(...Object.entries(found).map(([name, array]) => drawn(name, array)));
  answer.hidden = false;
  context.say(Object.entries(found).map(([name, array]) => `${name}: ${array.values.length} values`).join(", "));
}

function drawn(name: string, array: PlainArray): HTMLElement {
  const width = array.shape.length > 1 ? (array.shape.at(-1) as number) : 1;
  const rows = Array.from({ length: array.values.length / (width || 1) }, (_, row) => array.values.slice(row * width, (row + 1) * width));
  const heading = h("h3", {}, name, " ", h("span", { class: "soft" }, `[${array.shape.join(", ")}]`));
  const figures = table(name, rows);
  if (array.shape.length !== 3 || rows.length < 2) return h("div", {}, heading, figures);
  return h("div", {}, heading, overTime(name, rows, width), fold("As a table", figures));
}

function overTime(name: string, rows: number[][], width: number): HTMLElement {
  const lines = Array.from({ length: Math.min(width, MOST_LINES) }, (_, place) => ({
    name: width > 1 ? `${name}[${place}]` : name,
    kind: KINDS[place] as Line["kind"],
    from: 1,
    values: rows.map((row) => row[place] as number),
  }));
  return chart({ title: `${name} by step; arrow keys read single values`, lines, place: (index) => `${index}` });
}

function table(name: string, rows: number[][]): HTMLElement {
  const shown = rows.slice(0, MOST_ROWS).map((row, place) =>
    h(
      "tr",
      {},
      rows.length > 1 && h("th", { scope: "row" }, `${place + 1}`),
      ...row.map((value) => h("td", { class: "number", "data-value": value }, short(value))),
    ),
  );
  const body = h("table", { class: "figures", "data-output": name, "aria-label": name }, h("tbody", {}, ...shown));
  const more = rows.length > MOST_ROWS && h("p", { class: "soft" }, `and ${rows.length - MOST_ROWS} more rows`);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${name}, values` }, body, more);
}

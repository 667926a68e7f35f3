/** Entities and labels, marked in the text. */

import { latest } from "../engine/client";
import type { Entity, TaggedText } from "../engine/protocol";
import { field, fold, h } from "../ui/dom";
import { percent } from "../ui/format";
import { Hues } from "../ui/hues";
import { textInput } from "../ui/text_input";
import type { MakePage } from "./page";

const ENTITIES = "entities";
/** Labels of words that mark nothing. */
const NOTHING = new Set(["O", "_", ""]);

export const makeTagPage: MakePage = (context) => {
  const hues = new Hues();
  const answer = h("section", { class: "card", "aria-label": "Marked text", hidden: true });
  const views = h("select", {});
  const chooser = field("Show", views);
  chooser.hidden = true;
  const shown = h("div", {});
  answer.append(chooser, shown);
  let last: TaggedText | null = null;

  const draw = (): void => {
    if (last) shown.replaceChildren(...drawn(last, views.value || ENTITIES, hues));
  };
  views.addEventListener("change", draw);
  const ask = latest(async (text: string) => {
    last = text.trim() ? await context.ask("tag", { text }) : null;
    answer.hidden = !last;
    if (!last) return;
    chooser.hidden = offer(views, last) < 2;
    draw();
    context.say(spoken(spansOf(last, views.value)));
  });
  const input = textInput({ label: "Text", placeholder: "Type or paste a text", rows: 5, onInput: ask });
  return h("div", { class: "stack" }, h("section", { class: "card" }, input.element), answer);
};

/** Fills the list of what can be shown, once; returns how many there are. */
function offer(views: HTMLSelectElement, found: TaggedText): number {
  if (!views.options.length) {
    const columns = new Set([...Object.keys(found.spans), ...Object.keys(found.tokens[0]?.labels ?? {})]);
    const spans = Object.keys(found.spans).length ? [ENTITIES] : [];
    // Where one column marks spans, these are the entities already.
    const named = Object.keys(found.spans).length === 1 ? [...columns].filter((name) => !found.spans[name]) : [...columns];
    views.replaceChildren(...[...spans, ...named].map((name) => h("option", { value: name }, name)));
  }
  return views.options.length;
}

/** What one view marks: spans of several words, or the labels of single ones. */
export function spansOf(found: TaggedText, view: string): Entity[] {
  if (view === ENTITIES) return found.entities;
  const spans = found.spans[view];
  if (spans) return spans;
  return found.tokens
    .filter((token) => !NOTHING.has(token.labels[view] ?? ""))
    .map((token) => ({
      text: token.text,
      label: token.labels[view] as string,
      start: token.start,
      end: token.end,
      score: token.scores[view] ?? 0,
    }));
}

function drawn(found: TaggedText, view: string, hues: Hues): HTMLElement[] {
  const spans = spansOf(found, view);
  const parts: (HTMLElement | string)[] = [];
  let end = 0;
  for (const span of spans) {
    if (span.start < end) continue; // inside another one: it is in the list below
    parts.push(found.text.slice(end, span.start), mark(span, hues));
    end = span.end;
  }
  parts.push(found.text.slice(end));
  const text = h("p", { class: "prose marked", lang: "" }, ...parts);
  if (!spans.length) return [text, h("p", { class: "soft" }, "Nothing was found in this text.")];
  return [text, fold(`All ${spans.length}, with their probabilities`, list(spans, hues))];
}

function mark(span: Entity, hues: Hues): HTMLElement {
  return h(
    "mark",
    { class: hues.of(span.label), "data-label": span.label, "data-start": span.start, "data-end": span.end },
    span.text,
    h("span", { class: "mark-label" }, `\u00a0${span.label}`),
  );
}

function list(spans: Entity[], hues: Hues): HTMLElement {
  const rows = spans.map((one) =>
    h(
      "tr",
      {},
      h("td", {}, one.text),
      h("td", {}, h("span", { class: `pill ${hues.of(one.label)}` }, one.label)),
      h("td", { class: "number" }, percent(one.score)),
    ),
  );
  const head = h("tr", {}, ...["Text", "Label", "Probability"].map((name) => h("th", { scope: "col" }, name)));
  return h("div", { class: "scroll" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)));
}

function spoken(spans: Entity[]): string {
  if (!spans.length) return "Nothing found";
  return `${spans.length} found: ${spans.slice(0, 10).map((one) => `${one.text}, ${one.label}`).join("; ")}`;
}

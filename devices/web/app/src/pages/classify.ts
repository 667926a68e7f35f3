/** Labels as bars, while one types. */

import { latest } from "../engine/client";
import type { Category } from "../engine/protocol";
import { h } from "../ui/dom";
import { percent } from "../ui/format";
import { textInput } from "../ui/text_input";
import type { MakePage } from "./page";

const MOST_BARS = 8;

export const makeClassifyPage: MakePage = (context) => {
  const answer = h("section", { class: "card", "aria-label": "Labels", hidden: true });
  const ask = latest(async (text: string) => {
    const found = text.trim() ? await context.ask("classify", { text }) : null;
    answer.hidden = !found;
    if (!found) return;
    answer.replaceChildren(headline(found), bars(found));
    const best = found[0] as Category;
    context.say(`${best.label}, ${percent(best.score)}`);
  });
  const input = textInput({ label: "Text", placeholder: "Type or paste a message", onInput: ask });
  return h("div", { class: "stack" }, h("section", { class: "card" }, input.element), answer);
};

function headline(found: Category[]): HTMLElement {
  const best = found[0] as Category;
  return h("p", { class: "headline" }, h("strong", {}, best.label), h("span", { class: "soft" }, percent(best.score)));
}

function bars(found: Category[]): HTMLElement {
  const rows = found.slice(0, MOST_BARS).map((one, place) => {
    const fill = h("span", { class: place ? "fill" : "fill best" });
    fill.style.setProperty("--part", String(one.score));
    return h(
      "li",
      { class: "bar", "data-label": one.label, "data-score": one.score },
      h("span", { class: "bar-label" }, one.label),
      h("span", { class: "track", "aria-hidden": "true" }, fill),
      h("span", { class: "number" }, percent(one.score)),
    );
  });
  return h("ol", { class: "bars" }, ...rows);
}

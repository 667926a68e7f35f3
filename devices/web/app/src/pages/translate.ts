/** A text in another language, and other ways to say it. */

import { latest } from "../engine/client";
import type { ScoredText } from "../engine/protocol";
import { h } from "../ui/dom";
import { short } from "../ui/format";
import { textInput } from "../ui/text_input";
import type { MakePage } from "./page";

const BEAMS = 4;
const N_BEST = 3;
const PAUSE_MS = 300;

export const makeTranslatePage: MakePage = (context) => {
  const answer = h("section", { class: "card", "aria-label": "Translation", hidden: true });
  const ask = latest(async (text: string) => {
    answer.setAttribute("aria-busy", "true");
    const found = text.trim() ? await context.ask("translate", { text, beams: BEAMS, nBest: N_BEST }) : null;
    answer.removeAttribute("aria-busy");
    answer.hidden = !found;
    if (!found) return;
    answer.replaceChildren(...drawn(found));
    context.say(found[0]?.text ?? "");
  });
  let timer = 0;
  const input = textInput({
    label: "Text to translate",
    placeholder: "Type or paste a text",
    rows: 4,
    onInput: (text) => {
      clearTimeout(timer);
      timer = window.setTimeout(() => ask(text), text ? PAUSE_MS : 0);
    },
  });
  return h("div", { class: "stack" }, h("section", { class: "card" }, input.element), answer);
};

function drawn(found: ScoredText[]): HTMLElement[] {
  const [best, ...others] = found as [ScoredText, ...ScoredText[]];
  const parts: HTMLElement[] = [h("p", { class: "prose large", "data-best": true }, best.text), copyButton(best.text)];
  const different = others.filter((one) => one.text !== best.text);
  if (different.length) {
    const rows = different.map((one) => h("li", {}, h("span", {}, one.text), h("span", { class: "number soft" }, short(one.score))));
    parts.push(h("h3", {}, "Other ways"), h("ol", { class: "others" }, ...rows));
  }
  return parts;
}

function copyButton(text: string): HTMLElement {
  const button = h("button", { type: "button", class: "plain" }, "Copy");
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(text).then(() => {
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  });
  return h("div", { class: "row" }, button);
}

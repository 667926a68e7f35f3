/** The next word while one types, and text that goes on. */

import { latest } from "../engine/client";
import type { GenerateSettings, Suggestion } from "../engine/protocol";
import { field, fold, h } from "../ui/dom";
import { percent } from "../ui/format";
import { textInput } from "../ui/text_input";
import type { MakePage, PageContext } from "./page";

const SUGGESTIONS = 3;
const PARTIAL_WORD = /[\p{L}\p{N}'\u2019_]*$/u;
const JOINS_LEFT = /^[^\p{L}\p{N}]/u;

/** A text with a suggestion taken: the word that is being typed is completed, or the next one put behind it. */
export function accept(text: string, suggestion: Suggestion): string {
  if (suggestion.completes) return `${text.replace(PARTIAL_WORD, "")}${suggestion.text} `;
  const kept = JOINS_LEFT.test(suggestion.text) ? text.trimEnd() : text;
  const blank = kept && !/\s$/u.test(kept) && !JOINS_LEFT.test(suggestion.text) ? " " : "";
  return `${kept}${blank}${suggestion.text} `;
}

export const makeLmPage: MakePage = (context) => {
  const strip = h("div", { class: "suggestions", role: "group", "aria-label": "Suggested words" });
  const ask = latest(async (text: string) => {
    const found = await context.ask("nextTokens", { text, k: SUGGESTIONS });
    if (!found) return;
    const chips = found.map((one) => chip(one, () => input.set(accept(input.box.value, one))));
    strip.replaceChildren(...(chips.length ? chips : [h("p", { class: "soft" }, "No word fits")]));
    if (text) context.say(found.length ? `Next: ${found.map((one) => one.text).join(", ")}` : "No suggestion");
  });
  const input = textInput({ label: "Your text", placeholder: "Start typing", onInput: ask });
  const writer = new Writer(context, input);
  ask("");
  return h(
    "div",
    { class: "stack" },
    h("section", { class: "card" }, input.element, strip, writer.controls),
    writer.answer,
  );
};

function chip(suggestion: Suggestion, take: () => void): HTMLElement {
  const name = `${suggestion.text}, ${percent(suggestion.score)}`;
  return h(
    "button",
    { type: "button", class: "chip", onclick: take, "aria-label": name, "data-text": suggestion.text, "data-score": suggestion.score },
    h("span", { class: "chip-text" }, suggestion.text),
    h("span", { class: "chip-score", "aria-hidden": "true" }, percent(suggestion.score)),
  );
}

/** Lets the model write on from the text. */
class Writer {
  readonly controls: HTMLElement;
  readonly answer = h("section", { class: "card", "aria-label": "What the model wrote", hidden: true });
  private readonly go = h("button", { type: "button", class: "main", onclick: () => void this.write() }, "Write on");
  private readonly stop = h("button", { type: "button", class: "plain", hidden: true }, "Stop");
  private readonly settings = settingsFields();
  private stopping = new AbortController();

  constructor(
    private readonly context: PageContext,
    private readonly input: { box: HTMLTextAreaElement; set(text: string): void },
  ) {
    this.stop.addEventListener("click", () => this.stopping.abort());
    this.controls = h(
      "div",
      {},
      h("div", { class: "row" }, this.go, this.stop),
      fold("Settings", h("div", { class: "grid" }, ...this.settings.fields)),
    );
  }

  private async write(): Promise<void> {
    const prompt = this.input.box.value;
    const written = h("span", { class: "written" });
    const text = h("p", { class: "prose", "aria-busy": "true" }, h("span", { class: "soft" }, prompt), written);
    this.answer.replaceChildren(text);
    this.answer.hidden = false;
    this.stopping = new AbortController();
    this.busy(true);
    const onPart = (part: string): void => void written.append(part);
    const options = { onPart, signal: this.stopping.signal };
    const found = await this.context.ask("generate", { prompt, settings: this.settings.read() }, options);
    this.busy(false);
    text.removeAttribute("aria-busy");
    if (found === null) {
      this.answer.hidden = true;
      return;
    }
    written.textContent = found;
    const keep = h("button", { type: "button", class: "plain" }, "Put it into my text");
    keep.addEventListener("click", () => this.keep(prompt + found));
    this.answer.append(h("div", { class: "row" }, keep));
    this.context.say(found || "The model wrote nothing");
  }

  private keep(text: string): void {
    this.answer.hidden = true;
    this.input.set(text);
  }

  private busy(yes: boolean): void {
    this.go.disabled = yes;
    this.stop.hidden = !yes;
    (yes ? this.stop : this.go).focus();
  }
}

function settingsFields(): { fields: HTMLElement[]; read: () => GenerateSettings } {
  const number = (value: string, min: number, max: number, step: string): HTMLInputElement =>
    h("input", { type: "number", inputmode: "decimal", value, min, max, step });
  const maxTokens = number("40", 1, 2000, "1");
  const temperature = number("0.8", 0, 5, "0.1");
  const topK = number("40", 0, 100000, "1");
  const topP = number("0.95", 0, 1, "0.05");
  const seed = h("input", { type: "number", min: 0, step: "1", inputmode: "numeric", placeholder: "another each time" });
  return {
    fields: [
      field("Tokens at most", maxTokens),
      field("Temperature", temperature, "0: always the likeliest"),
      field("Top k", topK, "0: all"),
      field("Top p", topP),
      field("Seed", seed, "The same seed gives the same text"),
    ],
    read: () => ({
      maxTokens: Number(maxTokens.value),
      temperature: Number(temperature.value),
      topK: Number(topK.value),
      topP: Number(topP.value),
      seed: seed.value === "" ? null : Number(seed.value),
    }),
  };
}

/** A box for a text, with a button that empties it. */

import { field, h } from "./dom";

export interface TextInput {
  element: HTMLElement;
  box: HTMLTextAreaElement;
  /** Puts a text in, as if it had been typed. */
  set(text: string): void;
}

export interface TextInputOptions {
  label: string;
  placeholder: string;
  rows?: number;
  help?: string;
  onInput: (text: string) => void;
}

export function textInput(options: TextInputOptions): TextInput {
  const box = h("textarea", {
    rows: options.rows ?? 4,
    placeholder: options.placeholder,
    spellcheck: "false",
    autocapitalize: "sentences",
    autocomplete: "off",
  });
  const clear = h("button", { type: "button", class: "quiet clear", hidden: true, onclick: () => set("") }, "Clear");
  const changed = (): void => {
    clear.hidden = !box.value;
    options.onInput(box.value);
  };
  const set = (text: string): void => {
    box.value = text;
    box.focus();
    changed();
  };
  box.addEventListener("input", changed);
  const element = field(options.label, box, options.help);
  element.classList.add("with-clear");
  element.append(clear);
  return { element, box, set };
}

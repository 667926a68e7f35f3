/** Ways to open a bundle. */

import { forget, kept, type Kept } from "../model/library";
import type { AppSettings } from "../model/sources";
import { TASK_TITLES } from "../pages/index";
import { field, h } from "../ui/dom";
import { size } from "../ui/format";
import { heading } from "../ui/shell";

export interface OpenActions {
  onFile: (file: File) => void;
  onAddress: (address: string) => void;
  onKept: (sha256: string) => void;
  onShipped: () => void;
}

export class OpenView {
  readonly element = h("section", { class: "view", "aria-labelledby": "h-open" });
  private readonly shipped = h("div", {});
  private readonly shelf = h("div", {});
  private settings: AppSettings | null = null;

  constructor(private readonly actions: OpenActions) {
    this.element.append(heading("open", "Open a model"), this.fileCard(), this.shipped, this.shelf, this.addressCard());
  }

  /** Shows what the app ships with and what is kept on this device. */
  async show(settings: AppSettings): Promise<void> {
    this.settings = settings;
    const { model } = settings;
    this.shipped.replaceChildren();
    if (model) {
      const open = h("button", { type: "button", class: "plain", onclick: () => this.actions.onShipped() }, "Open");
      const row = h("div", { class: "shelf-row" }, h("div", {}, h("strong", {}, model.name), h("p", { class: "soft" }, "came with this app")), open);
      this.shipped.append(h("section", { class: "card", "aria-label": "Shipped model" }, row));
    }
    const found = await kept();
    this.shelf.replaceChildren();
    if (!found.length) return;
    const rows = found.map((one) => this.shelfRow(one));
    this.shelf.append(
      h("section", { class: "card", "aria-labelledby": "h-kept" }, h("h3", { id: "h-kept" }, "Kept on this device"), h("ul", { class: "shelf" }, ...rows)),
    );
  }

  private fileCard(): HTMLElement {
    // Phones know no type for .tflite and would grey the file out: every file can be chosen, and is checked.
    const file = h("input", { type: "file", class: "unseen", tabindex: "-1", "aria-hidden": "true" });
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (chosen) this.actions.onFile(chosen);
      file.value = "";
    });
    return h(
      "section",
      { class: "card", "aria-label": "A file" },
      h(
        "div",
        { class: "drop" },
        h("p", {}, "A bundle made by ", h("code", {}, "edgernn convert"), ": one ", h("code", {}, ".tflite"), " file."),
        h("button", { type: "button", class: "main", onclick: () => file.click() }, "Choose a file"),
        h("p", { class: "help" }, "Or drop one anywhere on this page. It stays on this device, and opens without a network next time."),
        file,
      ),
    );
  }

  private addressCard(): HTMLElement {
    const address = h("input", { type: "text", inputmode: "url", autocapitalize: "off", autocomplete: "off", spellcheck: "false", placeholder: "models/spam.tflite" });
    const form = h(
      "form",
      { class: "card" },
      field("Address on this site", address),
      h("div", { class: "row" }, h("button", { class: "plain" }, "Open the address")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (address.value.trim()) this.actions.onAddress(address.value.trim());
    });
    return form;
  }

  private shelfRow(one: Kept): HTMLElement {
    const open = h("button", { type: "button", class: "plain", onclick: () => this.actions.onKept(one.sha256), "aria-label": `Open ${one.name}` }, "Open");
    const remove = h("button", { type: "button", class: "quiet", "aria-label": `Remove ${one.name} from this device` }, "Remove");
    remove.addEventListener("click", () => void forget(one.sha256).then(() => this.settings && this.show(this.settings)));
    const what = `${TASK_TITLES[one.task].toLowerCase()}, ${size(one.bytes)}`;
    return h(
      "li",
      { class: "shelf-row" },
      h("div", {}, h("strong", {}, one.name), h("p", { class: "soft" }, what)),
      h("div", { class: "row" }, open, remove),
    );
  }
}

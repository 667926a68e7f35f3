/** The frame around every page: heading, places to go, what went wrong, and how long the answer took. */

import type { BundleFacts } from "../engine/protocol";
import type { Stats } from "../model/stats";
import { h } from "./dom";
import { duration, size } from "./format";
import { icon, logo } from "./icons";
import { installButton } from "./install";

const VIEWS = ["try", "facts", "open"] as const;
type View = (typeof VIEWS)[number];
const NAMES: Record<View, string> = { try: "Try", facts: "Model", open: "Open" };

export interface Parts {
  facts: HTMLElement;
  open: HTMLElement;
  announcer: HTMLElement;
}

export class Shell {
  private readonly heading = h("h1", { class: "title" }, "EdgeRNN");
  private readonly modelName = h("p", { class: "model-name" });
  private readonly alert = h("p", { class: "alert", role: "alert", hidden: true });
  private readonly work: HTMLElement;
  private readonly main: HTMLElement;
  private readonly pace = h("p", { class: "pace" });
  private readonly links: Record<View, HTMLAnchorElement>;
  private readonly sections: Record<View, HTMLElement>;
  private appTitle = "EdgeRNN";
  private shown: HTMLElement[] | null = null;

  constructor(root: HTMLElement, parts: Parts) {
    this.work = h("section", { class: "view", "aria-labelledby": "h-try" }, this.waiting());
    this.sections = { try: this.work, facts: parts.facts, open: parts.open };
    this.main = h("main", { id: "main", tabindex: "-1" }, this.alert, this.work, parts.facts, parts.open);
    this.links = { try: link("try"), facts: link("facts"), open: link("open") };
    root.replaceChildren(
      h("a", { class: "skip", href: "#main", onclick: (event: Event) => this.skip(event) }, "Skip to the model"),
      h(
        "header",
        { class: "top" },
        h("div", { class: "brand" }, logo(), h("div", { class: "names" }, this.heading, this.modelName)),
        installButton(),
      ),
      h("nav", { class: "tabs", "aria-label": "Views" }, ...VIEWS.map((view) => this.links[view])),
      this.main,
      parts.announcer,
    );
    window.addEventListener("hashchange", () => this.go(true));
    this.go(false);
  }

  /** The app's name. */
  title(text: string): void {
    this.appTitle = text;
    this.heading.textContent = text;
    document.title = text;
  }

  /** A bundle is being read. */
  loading(): void {
    document.body.dataset.state = "loading";
    this.work.replaceChildren(this.waiting());
  }

  /** A bundle could not be opened: the one before stays in use. */
  failed(): void {
    if (!this.shown) {
      this.idle();
      return;
    }
    document.body.dataset.state = "open";
    this.work.replaceChildren(...this.shown);
  }

  /** No bundle is open. */
  idle(): void {
    document.body.dataset.state = "idle";
    this.modelName.textContent = "";
    const text = "No model is open.";
    this.work.replaceChildren(heading("try", "Try"), h("p", { class: "soft" }, text));
    location.hash = "#open";
  }

  /** A bundle is open: its task's page. */
  show(facts: BundleFacts, title: string, page: HTMLElement): void {
    document.body.dataset.state = "open";
    document.body.dataset.task = facts.task;
    document.title = `${facts.name} – ${this.appTitle}`;
    this.modelName.textContent = `${facts.name}, ${size(facts.bytes)}`;
    this.pace.textContent = "";
    this.shown = [heading("try", title), page, this.pace];
    this.work.replaceChildren(...this.shown);
    if (this.view() === "open") location.hash = "#try";
  }

  /** Says what has to be mended; "" takes it away. */
  complain(message: string): void {
    if (this.alert.textContent !== message) this.alert.textContent = message;
    this.alert.hidden = !message;
  }

  /** Shows the time of the last answer. */
  took(stats: Stats): void {
    this.pace.textContent = stats.last === null ? "" : `Computed on this device in ${duration(stats.last)}`;
  }

  private waiting(): HTMLElement {
    return h("div", { class: "waiting", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), "Opening the model …");
  }

  private view(): View {
    const name = location.hash.slice(1);
    return VIEWS.find((one) => one === name) ?? "try";
  }

  private go(focus: boolean): void {
    const view = this.view();
    document.body.dataset.view = view;
    for (const one of VIEWS) {
      this.sections[one].dataset.current = String(one === view);
      if (one === view) this.links[one].setAttribute("aria-current", "page");
      else this.links[one].removeAttribute("aria-current");
    }
    if (!focus) return;
    window.scrollTo(0, 0);
    this.sections[view].querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.main.focus();
  }
}

/** A view's heading, which gets the focus when the view is chosen. */
export function heading(view: string, text: string): HTMLElement {
  return h("h2", { id: `h-${view}`, tabindex: "-1" }, text);
}

function link(view: View): HTMLAnchorElement {
  return h("a", { href: `#${view}`, class: "tab" }, icon(view), h("span", {}, NAMES[view]));
}

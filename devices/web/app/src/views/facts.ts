/** What is known of the model: times, memory, the self-test, and what the bundle says of itself. */

import type { BundleFacts, SelftestFacts } from "../engine/protocol";
import type { Stats } from "../model/stats";
import { h } from "../ui/dom";
import { duration, size } from "../ui/format";
import { heading } from "../ui/shell";

const WAITING = "…";

export class FactsView {
  readonly element = h("section", { class: "view", "aria-labelledby": "h-facts" });
  private readonly tiles = {
    last: tile("Last answer"),
    median: tile("Median"),
    load: tile("Loading"),
    first: tile("First answer"),
    memory: tile("Engine memory"),
    file: tile("File"),
    selftest: tile("Self-test"),
    offline: tile("Without network"),
  };

  constructor(private readonly stats: Stats) {
    this.element.append(heading("facts", "Model"), h("p", { class: "soft" }, "No model is open."));
  }

  /** Another bundle. */
  show(facts: BundleFacts): void {
    this.tiles.load.set(duration(facts.loadMs));
    this.tiles.file.set(size(facts.bytes));
    this.tiles.selftest.set(WAITING);
    this.tiles.selftest.element.removeAttribute("data-good");
    this.refresh();
    const rows = facts.rows.map(([name, value]) => h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value)));
    this.element.replaceChildren(
      heading("facts", "Model"),
      h("dl", { class: "tiles" }, ...Object.values(this.tiles).map((one) => one.element)),
      h("section", { class: "card", "aria-label": "What the bundle says of itself" }, h("dl", { class: "facts" }, ...rows)),
      h("p", { class: "soft small-print" }, "Everything is computed on this device. Nothing that you type or open leaves it."),
    );
  }

  /** The self-test's result. */
  proved(result: SelftestFacts): void {
    const { tiles } = this;
    tiles.selftest.set(result.passed ? `passed (${result.vectors})` : `failed (${result.failures.length})`);
    tiles.selftest.element.dataset.good = String(result.passed);
    tiles.selftest.element.title = `greatest difference ${result.maxError.toExponential(1)} of the scale, ${result.tolerance} is allowed`;
  }

  /** Whether the app opens without a network. */
  offline(ready: boolean): void {
    this.tiles.offline.set(ready ? "ready" : "not here");
    this.tiles.offline.element.dataset.good = String(ready);
    if (!ready) this.tiles.offline.element.title = "browsers keep apps of https addresses and of localhost only";
  }

  /** Takes over what was measured. */
  refresh(): void {
    const { tiles, stats } = this;
    const shown = (value: number | null): string => (value === null ? WAITING : duration(value));
    tiles.last.set(shown(stats.last));
    tiles.median.set(stats.count > 1 ? shown(stats.median) : shown(stats.last));
    tiles.first.set(stats.first === null ? WAITING : duration(stats.first));
    tiles.memory.set(stats.memory === null ? WAITING : size(stats.memory));
  }
}

interface Tile {
  element: HTMLElement;
  set(text: string): void;
}

function tile(name: string): Tile {
  const value = h("dd", {}, WAITING);
  return { element: h("div", { class: "tile" }, h("dt", {}, name), value), set: (text) => (value.textContent = text) };
}

/** A series, pasted or out of a file, and what comes next. */

import { latest } from "../engine/client";
import type { ForecastAnswer } from "../engine/protocol";
import { parseTable, type Table } from "../model/csv";
import { chart } from "../ui/chart";
import { field, fold, h } from "../ui/dom";
import { short } from "../ui/format";
import { textInput } from "../ui/text_input";
import type { MakePage, PageContext } from "./page";

/** Of a long history so many values are drawn for each one ahead. */
const DRAWN_A_STEP = 8;
const LEAST_DRAWN = 48;

interface Wanted {
  text: string;
  column: number;
  horizon: number;
  coverage: number;
}

export const makeForecastPage: MakePage = (context) => {
  const spec = readSpec(context);
  const answer = h("section", { class: "card", "aria-label": "Forecast", hidden: true });
  const column = h("select", {});
  const columnField = field("Column", column);
  columnField.hidden = true;
  const horizon = h("input", { type: "number", min: 1, max: spec.horizon, value: spec.horizon, step: 1, inputmode: "numeric" });
  const coverage = h("select", {}, ...spec.coverages.map((one) => h("option", { value: one }, `${one * 100} %`)));
  const show = latest((wanted: Wanted) => forecast(context, wanted, answer, columnField, column));
  const changed = (): void =>
    show({
      text: input.box.value,
      column: Math.max(0, column.selectedIndex),
      horizon: Math.round(Number(horizon.value)),
      coverage: Number(coverage.value),
    });
  const input = textInput({
    label: "Values so far",
    placeholder: "One value a line, the oldest first; or a table",
    rows: 4,
    help: "At even steps. Paste from a spreadsheet, or choose a CSV file.",
    onInput: changed,
  });
  input.box.classList.add("series");
  for (const control of [column, horizon, coverage]) control.addEventListener("input", changed);
  const file = h("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv,text/plain", class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  file.addEventListener("change", () => void file.files?.[0]?.text().then(input.set).then(() => (file.value = "")));
  const buttons = h(
    "div",
    { class: "row even" },
    h("button", { type: "button", class: "plain", onclick: () => file.click() }, "Choose a file"),
    h("button", { type: "button", class: "plain", onclick: () => input.set(madeUp(spec.period, spec.window)) }, "Made-up series"),
    file,
  );
  const settings = h("div", { class: "grid" }, columnField, field("Steps ahead", horizon), field("Range that holds", coverage));
  return h("div", { class: "stack" }, h("section", { class: "card" }, input.element, buttons, settings), answer);
};

interface Spec {
  horizon: number;
  period: number;
  window: number;
  coverages: number[];
}

function readSpec(context: PageContext): Spec {
  const spec = context.facts.spec as { horizon: number; periods: number[]; window: number; quantiles: number[] };
  const coverages = spec.quantiles.filter((level) => level < 0.5).map((level) => Number((1 - 2 * level).toFixed(6)));
  // The usual range first.
  coverages.sort((a, b) => Math.abs(a - 0.8) - Math.abs(b - 0.8));
  return { horizon: spec.horizon, period: spec.periods[0] ?? 1, window: spec.window, coverages };
}

async function forecast(
  context: PageContext,
  wanted: Wanted,
  answer: HTMLElement,
  columnField: HTMLElement,
  column: HTMLSelectElement,
): Promise<void> {
  answer.hidden = true;
  context.complain("");
  if (!wanted.text.trim()) return;
  let table: Table;
  try {
    table = parseTable(wanted.text);
  } catch (error) {
    context.complain((error as Error).message);
    return;
  }
  offer(column, table);
  columnField.hidden = table.columns.length < 2;
  const chosen = table.columns[Math.min(wanted.column, table.columns.length - 1)] as { name: string; values: number[] };
  const found = await context.ask("forecast", { history: chosen.values, horizon: wanted.horizon, coverage: wanted.coverage });
  if (!found) return;
  answer.replaceChildren(...drawn(chosen.values, found, table.marks));
  answer.hidden = false;
  const next = short(found.mean[0] as number);
  context.say(`Next ${next}, between ${short(found.lower[0] as number)} and ${short(found.upper[0] as number)}`);
}

function offer(column: HTMLSelectElement, table: Table): void {
  const names = table.columns.map((one) => one.name);
  if (names.join("\n") === [...column.options].map((one) => one.text).join("\n")) return;
  const before = column.selectedIndex;
  column.replaceChildren(...names.map((name) => h("option", {}, name)));
  column.selectedIndex = before < names.length ? Math.max(0, before) : 0;
}

function drawn(history: number[], found: ForecastAnswer, marks: string[]): HTMLElement[] {
  const count = history.length;
  const cut = Math.max(0, count - Math.max(LEAST_DRAWN, found.mean.length * DRAWN_A_STEP));
  const place = (index: number): string => (index >= count ? `+${index - count + 1}` : marks[index] || `${index + 1}`);
  const next = `next, within ${short(found.lower[0] as number)} to ${short(found.upper[0] as number)}`;
  const now = history.at(-1) as number;
  const parts: HTMLElement[] = [
    h("p", { class: "headline" }, h("strong", {}, short(found.mean[0] as number)), h("span", { class: "soft" }, next)),
    chart({
      title: `${found.mean.length} steps ahead; arrow keys read single values`,
      lines: [
        { name: "so far", kind: "past", from: cut, values: history.slice(cut) },
        { name: "forecast", kind: "ahead", from: count, values: found.mean, anchor: now },
      ],
      band: { from: count, lower: found.lower, upper: found.upper, anchor: now },
      place,
    }),
  ];
  if (found.flags.length) parts.push(h("ul", { class: "notes" }, ...found.flags.map((flag) => h("li", {}, flag))));
  parts.push(fold("As a table", table(found)));
  return parts;
}

function table(found: ForecastAnswer): HTMLElement {
  const rows = found.mean.map((mean, index) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, `+${index + 1}`),
      ...[mean, found.lower[index] as number, found.upper[index] as number].map((value) =>
        h("td", { class: "number", "data-value": value }, short(value)),
      ),
    ),
  );
  const names = ["Step", "Forecast", "From", "To"];
  const head = h("tr", {}, ...names.map((name) => h("th", { scope: "col" }, name)));
  return h("div", { class: "scroll" }, h("table", { class: "figures" }, h("thead", {}, head), h("tbody", {}, ...rows)));
}

/** A series with a trend and a season, always the same, for those who have none at hand. */
function madeUp(period: number, window: number): string {
  const season = period > 1 ? period : 12;
  const count = Math.max(4 * season, window, 36);
  const value = (step: number): number => {
    const wave = Math.sin((2 * Math.PI * step) / season) + 0.4 * Math.sin((4 * Math.PI * step) / season + 1);
    const rough = Math.sin(step * 12.9898) * 43758.5453;
    return 100 + 0.6 * step + 18 * wave + 6 * (rough - Math.floor(rough) - 0.5);
  };
  return Array.from({ length: count }, (_, step) => value(step).toFixed(1)).join("\n");
}

/** Lines over time, with a range around one of them; read by pointer and by arrow keys. */

import { h, s } from "./dom";
import { short } from "./format";

// A drawing unit is about a pixel, so that the letters are of the page's size.
const NARROW = { width: 340, height: 230 };
const WIDE = { width: 640, height: 300 };
const NARROW_PAGE = 560;
const LEFT = 52;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;
const TICKS = 4;

/** A line: one value a place; not-a-number leaves a gap. */
export interface Line {
  name: string;
  kind: "past" | "ahead" | "one" | "two" | "three" | "four";
  /** Place of the first value on the axis. */
  from: number;
  values: number[];
  /** The value one place before, from which the line is drawn. */
  anchor?: number;
}

export interface Band {
  from: number;
  anchor?: number;
  lower: number[];
  upper: number[];
}

export interface ChartOptions {
  title: string;
  lines: Line[];
  band?: Band;
  /** What a place on the axis is called. */
  place: (index: number) => string;
}

/** An evenly divided axis: steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * power >= raw) as number) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

export function chart(options: ChartOptions): HTMLElement {
  const scale = new Scale(options);
  const cursor = s("line", { class: "cursor", y1: TOP, y2: scale.height - BOTTOM, visibility: "hidden" });
  const readout = h("p", { class: "readout", "aria-live": "polite" }, legend(options));
  const picture = s(
    "svg",
    { viewBox: `0 0 ${scale.width} ${scale.height}`, class: "chart", role: "img", "aria-label": options.title, tabindex: "0" },
    ...grid(options, scale),
    options.band ? s("path", { class: "band", d: bandPath(options.band, scale) }) : null,
    ...options.lines.map((line) => s("path", { class: `line ${line.kind}`, d: linePath(line, scale) })),
    cursor,
  );
  const show = (place: number | null): void => {
    cursor.setAttribute("visibility", place === null ? "hidden" : "visible");
    readout.replaceChildren(place === null ? legend(options) : h("span", {}, spoken(options, place)));
    if (place === null) return;
    cursor.setAttribute("x1", String(scale.x(place)));
    cursor.setAttribute("x2", String(scale.x(place)));
  };
  steer(picture, scale, show);
  return h("figure", { class: "figure" }, picture, readout);
}

class Scale {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly height: number;

  constructor(options: ChartOptions) {
    const { lines, band } = options;
    ({ width: this.width, height: this.height } = window.innerWidth < NARROW_PAGE ? NARROW : WIDE);
    const values = [...lines.flatMap((line) => line.values), ...(band?.lower ?? []), ...(band?.upper ?? [])].filter(Number.isFinite);
    this.first = Math.min(...lines.map((line) => line.from));
    this.last = Math.max(...lines.map((line) => line.from + line.values.length - 1), this.first + 1);
    const low = values.length ? Math.min(...values) : 0;
    const high = values.length ? Math.max(...values) : 1;
    const margin = (high - low || Math.abs(high) || 1) * 0.06;
    this.low = low - margin;
    this.high = high + margin;
  }

  x(place: number): number {
    return LEFT + ((place - this.first) / (this.last - this.first)) * (this.width - LEFT - RIGHT);
  }

  y(value: number): number {
    return this.height - BOTTOM - ((value - this.low) / (this.high - this.low)) * (this.height - TOP - BOTTOM);
  }

  place(x: number): number {
    const part = (x - LEFT) / (this.width - LEFT - RIGHT);
    return Math.round(Math.min(1, Math.max(0, part)) * (this.last - this.first)) + this.first;
  }
}

function grid(options: ChartOptions, scale: Scale): SVGElement[] {
  const across = niceTicks(scale.low, scale.high, TICKS).flatMap((value) => [
    s("line", { class: "grid-line", x1: LEFT, x2: scale.width - RIGHT, y1: scale.y(value), y2: scale.y(value) }),
    s("text", { class: "tick", x: LEFT - 8, y: scale.y(value) + 4, "text-anchor": "end" }, short(value)),
  ]);
  const places = niceTicks(scale.first, scale.last, TICKS).filter(Number.isInteger);
  const down = places.map((place) => {
    const anchor = place === scale.last ? "end" : "middle";
    return s("text", { class: "tick", x: scale.x(place), y: scale.height - 8, "text-anchor": anchor }, options.place(place));
  });
  return [...across, ...down];
}

function linePath(line: Line, scale: Scale): string {
  const anchored = line.anchor !== undefined && Number.isFinite(line.anchor);
  let pen = anchored ? "L" : "M";
  let path = anchored ? `M${point(scale, line.from - 1, line.anchor as number)}` : "";
  line.values.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      pen = "M";
      return;
    }
    path += pen + point(scale, line.from + index, value);
    pen = "L";
  });
  return path;
}

function bandPath(band: Band, scale: Scale): string {
  const along = (values: number[]): string[] => values.map((value, index) => point(scale, band.from + index, value));
  const anchored = band.anchor !== undefined && Number.isFinite(band.anchor);
  const start = anchored ? [point(scale, band.from - 1, band.anchor as number)] : [];
  return `M${[...start, ...along(band.upper), ...along(band.lower).reverse()].join("L")}Z`;
}

function point(scale: Scale, place: number, value: number): string {
  return `${scale.x(place).toFixed(1)},${scale.y(value).toFixed(1)}`;
}

function legend(options: ChartOptions): HTMLElement {
  const entries = options.lines.map((line) =>
    h("span", { class: "legend" }, h("span", { class: `swatch ${line.kind}`, "aria-hidden": "true" }), line.name),
  );
  return h("span", {}, ...entries);
}

function spoken(options: ChartOptions, place: number): string {
  const at = (values: number[], from: number): number | undefined => values[place - from];
  const parts = options.lines
    .filter((line) => Number.isFinite(at(line.values, line.from)))
    .map((line) => `${line.name} ${short(at(line.values, line.from) as number)}`);
  const { band } = options;
  const low = band && at(band.lower, band.from);
  if (band && low !== undefined) parts.push(`range ${short(low)} to ${short(at(band.upper, band.from) as number)}`);
  return `${options.place(place)}: ${parts.join(", ") || "no value"}`;
}

function steer(picture: SVGElement, scale: Scale, show: (place: number | null) => void): void {
  let place: number | null = null;
  const go = (next: number | null): void => show((place = next));
  const moved = (event: PointerEvent): void => {
    const box = picture.getBoundingClientRect();
    go(scale.place(((event.clientX - box.left) / box.width) * scale.width));
  };
  picture.addEventListener("pointermove", moved as EventListener);
  picture.addEventListener("pointerdown", moved as EventListener);
  picture.addEventListener("pointerleave", () => go(null));
  picture.addEventListener("blur", () => go(null));
  picture.addEventListener("keydown", ((event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
    const ends: Record<string, number> = { Home: scale.first, End: scale.last };
    const next = ends[event.key] ?? (event.key in steps ? (place ?? scale.last) + (steps[event.key] as number) : null);
    if (next === null) return;
    event.preventDefault();
    go(Math.min(scale.last, Math.max(scale.first, next)));
  }) as EventListener);
}

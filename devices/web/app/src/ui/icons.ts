/** The few drawings of the app. */

import { s } from "./dom";

const PATHS: Record<string, string> = {
  try: "M4 5h16v11H9l-5 4z",
  facts: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  open: "M3 7a2 2 0 0 1 2-2h4l2 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z",
  install: "M12 4v11m0 0 4-4m-4 4-4-4M5 20h14",
};

/** A drawing in the colour of the text around it; the words beside it say what it means. */
export function icon(name: string): SVGElement {
  return s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, s("path", { d: PATHS[name] ?? "" }));
}

/** The kit's sign: a cell whose output comes back to it. */
export function logo(): SVGElement {
  return s(
    "svg",
    { viewBox: "0 0 64 64", class: "logo", "aria-hidden": "true" },
    s("rect", { width: 64, height: 64, rx: 15, class: "logo-ground" }),
    s("path", { class: "logo-line", d: "M42 36a13 13 0 1 1-2.5-15.5" }),
    s("path", { class: "logo-line", d: "M40.5 12.5v8.5H32" }),
    s("circle", { cx: 28.5, cy: 32, r: 4.5, class: "logo-dot" }),
    s("path", { class: "logo-line", d: "M28.5 32H54" }),
  );
}

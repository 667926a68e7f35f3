/** Makes elements. */

type Value = string | number | boolean | null | undefined | ((event: never) => void);
type Child = Node | string | null | undefined | false;

const SVG = "http://www.w3.org/2000/svg";

function fill(node: Element, attributes: Record<string, Value>, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.replace(/^on/, ""), value as EventListener);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
}

/** An HTML element; functions become listeners (`onclick`), `true` an attribute without a value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

/** An SVG element. */
export function s(tag: string, attributes: Record<string, Value> = {}, ...children: Child[]): SVGElement {
  const node = document.createElementNS(SVG, tag);
  fill(node, attributes, children);
  return node;
}

let ids = 0;

/** An id that no other element has. */
export function newId(): string {
  ids += 1;
  return `e${ids}`;
}

/** A control with its label, and a line of help that belongs to it. */
export function field(label: string, control: HTMLElement, help = ""): HTMLElement {
  control.id ||= newId();
  const described = help ? newId() : null;
  if (described) control.setAttribute("aria-describedby", described);
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, label),
    control,
    described && h("p", { class: "help", id: described }, help),
  );
}

/** A group of settings that is folded away. */
export function fold(summary: string, ...children: Child[]): HTMLDetailsElement {
  return h("details", { class: "fold" }, h("summary", {}, summary), h("div", { class: "fold-body" }, ...children));
}

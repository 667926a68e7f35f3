/** A picture, out of a file or the camera, and what is in it. */

import { latest } from "../engine/client";
import type { ScoredText } from "../engine/protocol";
import { Camera } from "../ui/camera";
import { h } from "../ui/dom";
import { short } from "../ui/format";
import type { MakePage, PageContext } from "./page";

const BEAMS = 3;
const N_BEST = 3;

export const makeCaptionPage: MakePage = (context) => {
  const answer = h("section", { class: "card", "aria-label": "Caption", hidden: true });
  const seen = h("img", { class: "picture answer-picture", alt: "" });
  const ask = latest((picture: Blob) => describe(context, picture, seen, answer));
  const file = h("input", { type: "file", accept: "image/*", class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  file.addEventListener("change", () => {
    const picture = file.files?.[0];
    if (picture) ask(picture);
    file.value = "";
  });
  const choose = h("button", { type: "button", class: "main", onclick: () => file.click() }, "Choose a picture");
  const camera = new Camera({
    onPicture: ask,
    onFault: (message) => context.complain(message),
    onChange: (on) => (choose.hidden = on),
  });
  const drop = h(
    "div",
    { class: "drop" },
    camera.view,
    h(
      "div",
      { class: "row centre" },
      choose,
      ...camera.buttons,
    ),
    h("p", { class: "help" }, "Or drop one here, or paste it. It stays on this device."),
    file,
  );
  takeDropped(drop, ask);
  const page = h("div", { class: "stack" }, h("section", { class: "card", "aria-label": "Picture" }, drop), answer);
  pasteWhile(page, ask);
  return page;
};

async function describe(context: PageContext, picture: Blob, seen: HTMLImageElement, answer: HTMLElement): Promise<void> {
  URL.revokeObjectURL(seen.src);
  seen.src = URL.createObjectURL(picture);
  seen.alt = "the picture that was chosen";
  answer.hidden = false;
  answer.setAttribute("aria-busy", "true");
  answer.replaceChildren(seen, h("p", { class: "soft" }, "Looking at it …"));
  const found = await context.ask("caption", { picture, beams: BEAMS, nBest: N_BEST });
  answer.removeAttribute("aria-busy");
  if (!found) {
    answer.hidden = true;
    return;
  }
  const [best, ...others] = found as [ScoredText, ...ScoredText[]];
  seen.alt = best.text;
  answer.replaceChildren(seen, h("p", { class: "prose large", "data-best": true }, best.text), ...others.length ? [list(others)] : []);
  context.say(best.text);
}

function list(others: ScoredText[]): HTMLElement {
  const rows = others.map((one) => h("li", {}, h("span", {}, one.text), h("span", { class: "number soft" }, short(one.score))));
  return h("div", { class: "more" }, h("h3", {}, "Other ways"), h("ol", { class: "others" }, ...rows));
}

function takeDropped(target: HTMLElement, take: (picture: Blob) => void): void {
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    const picture = [...(event.dataTransfer?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!picture) return; // a bundle is taken by the page around
    event.preventDefault();
    event.stopPropagation();
    take(picture);
  });
}

function pasteWhile(page: HTMLElement, take: (picture: Blob) => void): void {
  const pasted = (event: ClipboardEvent): void => {
    if (!page.isConnected) {
      document.removeEventListener("paste", pasted);
      return;
    }
    const picture = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (picture) take(picture);
  };
  document.addEventListener("paste", pasted);
}

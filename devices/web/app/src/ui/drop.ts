/** A file dropped anywhere on the page. */

import { h } from "./dom";

/** Calls `take` with a dropped file; while one is held over the page, it says so. */
export function takeDroppedFiles(take: (file: File) => void): void {
  const veil = h("div", { class: "veil", hidden: true, "aria-hidden": "true" }, h("p", {}, "Drop a bundle to open it"));
  document.body.append(veil);
  const holdsFile = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (holdsFile(event)) veil.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) veil.hidden = true;
  });
  document.addEventListener("dragover", (event) => {
    if (holdsFile(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    veil.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    take(file);
  });
}

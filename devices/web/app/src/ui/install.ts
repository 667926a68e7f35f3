/** Puts the app on the home screen, where the browser offers that to pages. */

import { h } from "./dom";
import { icon } from "./icons";

interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

/** A button that shows when the app can be installed. */
export function installButton(): HTMLButtonElement {
  let offer: InstallPrompt | null = null;
  const button = h("button", { type: "button", class: "plain small", hidden: true }, icon("install"), "Install");
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event as InstallPrompt;
    button.hidden = false;
  });
  window.addEventListener("appinstalled", () => (button.hidden = true));
  button.addEventListener("click", () => void offer?.prompt().then(() => (button.hidden = true)));
  return button;
}

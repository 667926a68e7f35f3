/** The device's camera: a live view, and a picture when the button is pressed. */

import { h } from "./dom";

export interface CameraOptions {
  onPicture: (picture: Blob) => void;
  onFault: (message: string) => void;
  /** The camera was switched on or off. */
  onChange: (on: boolean) => void;
}

export class Camera {
  readonly view = h("video", { class: "picture", playsinline: true, muted: true, hidden: true, "aria-label": "What the camera sees" });
  readonly buttons: HTMLButtonElement[];
  private readonly start = h("button", { type: "button", class: "plain", onclick: () => void this.open() }, "Use the camera");
  private readonly shoot = h("button", { type: "button", class: "main", hidden: true, onclick: () => this.take() }, "Describe this");
  private readonly end = h("button", { type: "button", class: "plain", hidden: true, onclick: () => this.close() }, "Camera off");
  private stream: MediaStream | null = null;

  constructor(private readonly options: CameraOptions) {
    this.buttons = [this.start, this.shoot, this.end];
    this.start.hidden = !navigator.mediaDevices?.getUserMedia;
    document.addEventListener("visibilitychange", () => document.hidden && this.close());
    window.addEventListener("hashchange", () => this.close());
  }

  private async open(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch (error) {
      this.options.onFault(fault(error as DOMException));
      return;
    }
    this.options.onFault("");
    this.view.srcObject = this.stream;
    await this.view.play();
    this.shown(true);
    this.shoot.focus();
  }

  private take(): void {
    const canvas = h("canvas", { width: this.view.videoWidth, height: this.view.videoHeight });
    canvas.getContext("2d")?.drawImage(this.view, 0, 0);
    canvas.toBlob((picture) => picture && this.options.onPicture(picture), "image/png");
  }

  private close(): void {
    if (!this.stream) return;
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.view.srcObject = null;
    this.shown(false);
  }

  private shown(yes: boolean): void {
    this.view.hidden = !yes;
    this.shoot.hidden = !yes;
    this.end.hidden = !yes;
    this.start.hidden = yes;
    this.options.onChange(yes);
  }
}

function fault(error: DOMException): string {
  if (error.name === "NotAllowedError") return "The camera was not allowed: allow it in the browser's settings for this site, or choose a picture.";
  if (error.name === "NotFoundError") return "No camera was found: choose a picture.";
  return `The camera does not start (${error.message || error.name}): choose a picture.`;
}

/** The app: opens bundles, shows their task's page, and what is known of them. */

import { Engine, ModelError, type Answer, type CallOptions } from "./engine/client";
import type { BundleFacts, Method, Methods } from "./engine/protocol";
import * as library from "./model/library";
import { keepForOffline } from "./model/offline";
import { fromAddress, fromFile, readSettings, type AppSettings, type Source } from "./model/sources";
import { Stats } from "./model/stats";
import { PAGES, TASK_TITLES } from "./pages/index";
import { Announcer } from "./ui/announcer";
import { takeDroppedFiles } from "./ui/drop";
import { Shell } from "./ui/shell";
import { FactsView } from "./views/facts";
import { OpenView } from "./views/open";

export class App {
  private readonly announcer = new Announcer();
  private readonly stats = new Stats();
  private readonly facts: FactsView;
  private readonly open: OpenView;
  private readonly shell: Shell;
  private settings: AppSettings = { title: "EdgeRNN", model: null };
  private offline: Promise<boolean> | null = null;

  constructor(
    root: HTMLElement,
    private readonly engine: Engine,
  ) {
    this.facts = new FactsView(this.stats);
    this.open = new OpenView({
      onFile: (file) => void this.take(() => fromFile(file)),
      onAddress: (address) => void this.take(() => fromAddress(address)),
      onKept: (sha256) => void this.take(() => this.fromLibrary(sha256)),
      onShipped: () => void this.take(() => this.shipped()),
    });
    this.shell = new Shell(root, { facts: this.facts.element, open: this.open.element, announcer: this.announcer.element });
    takeDroppedFiles((file) => void this.take(() => fromFile(file)));
  }

  /** Opens what the address asks for, what was open last, or what the app ships with. */
  async start(): Promise<void> {
    this.settings = await readSettings();
    this.shell.title(this.settings.title);
    await this.open.show(this.settings);
    const asked = new URLSearchParams(location.search).get("model");
    const last = library.last();
    if (asked) await this.take(() => fromAddress(asked));
    else if (last && (await library.content(last))) await this.take(() => this.fromLibrary(last));
    else if (this.settings.model) await this.take(() => this.shipped());
    else this.shell.idle();
  }

  private async take(read: () => Promise<Source>): Promise<void> {
    this.shell.complain("");
    this.shell.loading();
    try {
      const source = await read();
      const content = source.bytes.slice(0);
      const { value } = await this.measured("open", source, { transfer: [source.bytes] });
      this.show(value);
      await library.keep({ sha256: value.sha256, name: value.name, task: value.task, bytes: value.bytes }, content);
      await this.open.show(this.settings);
      await this.prove(value);
    } catch (error) {
      this.shell.failed();
      this.shell.complain(sentence(error));
    }
  }

  private show(facts: BundleFacts): void {
    this.stats.restart();
    const page = PAGES[facts.task]({
      facts,
      ask: (method, args, options) => this.ask(method, args, options),
      say: (text) => this.announcer.say(text),
      complain: (message) => this.shell.complain(message),
    });
    this.facts.show(facts);
    this.shell.show(facts, TASK_TITLES[facts.task], page);
    this.announcer.say(`${facts.name} is open`, 0);
  }

  /** Compares this device with the workstation, and makes the app ready for use without a network. */
  private async prove(facts: BundleFacts): Promise<void> {
    const { value } = await this.measured("selftest", null);
    this.facts.proved(value);
    if (!value.passed) {
      this.shell.complain(`${facts.name}: this device does not compute what the workstation computed. ${value.failures[0] ?? ""}`);
    }
    this.offline ??= keepForOffline(facts.engineFiles);
    this.facts.offline(await this.offline);
  }

  private async ask<M extends Method>(method: M, args: Methods[M][0], options?: CallOptions): Promise<Methods[M][1] | null> {
    try {
      const { value } = await this.measured(method, args, options);
      this.shell.complain("");
      return value;
    } catch (error) {
      this.shell.complain(sentence(error));
      return null;
    }
  }

  private async measured<M extends Method>(
    method: M,
    args: Methods[M][0],
    options?: CallOptions,
  ): Promise<Answer<Methods[M][1]>> {
    const answer = await this.engine.call(method, args, options);
    this.stats.add(method, answer.ms, answer.memory);
    this.facts.refresh();
    this.shell.took(this.stats);
    return answer;
  }

  private async fromLibrary(sha256: string): Promise<Source> {
    const entry = (await library.kept()).find((one) => one.sha256 === sha256);
    const bytes = await library.content(sha256);
    if (!entry || !bytes) throw new Error("The browser has cleared this model from the device: open its file again.");
    return { name: entry.name, bytes };
  }

  private async shipped(): Promise<Source> {
    const { model } = this.settings;
    if (!model) throw new Error("This app ships without a model: open one.");
    return { ...(await fromAddress(model.file)), name: model.name };
  }
}

function sentence(error: unknown): string {
  if (error instanceof ModelError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

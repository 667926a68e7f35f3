import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { build } from "esbuild";

import { ROOT, WASM } from "../support/node.js";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
};
const FOLDERS: Readonly<Record<string, string>> = {
  fixtures: join(ROOT, "tests/fixtures"),
  vectors: join(ROOT, "devices/conformance/v1"),
  wasm: WASM,
};
const HTML = '<!doctype html><html lang="en"><title>running</title><body><script type="module" src="/main.js"></script>';

/** A site with the suites, the bundles and the engine. */
export interface Site {
  readonly address: string;
  close(): Promise<void>;
}

/** Builds the suites for browsers and serves them. */
export async function serveSite(): Promise<Site> {
  const scripts = new Map<string, string>([
    ["/main.js", await built("main.ts", "es")],
    ["/module-worker.js", await built("worker.ts", "es")],
    ["/worker.js", await built("worker.ts", "iife")],
  ]);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const script = scripts.get(pathname);
    if (pathname === "/") send(response, "html", HTML);
    else if (script !== undefined) send(response, "js", script);
    else void sendFile(response, pathname);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

async function built(entry: string, format: "es" | "iife"): Promise<string> {
  const found = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    format: format === "es" ? "esm" : format,
    // Classes are told by their names.
    keepNames: true,
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return found.outputFiles[0]!.text;
}

function send(response: ServerResponse, type: string, content: string): void {
  response.writeHead(200, { "content-type": TYPES[type], "cache-control": "no-store" });
  response.end(content);
}

async function sendFile(response: ServerResponse, pathname: string): Promise<void> {
  const [, folder = "", ...rest] = normalize(pathname).split("/");
  const file = FOLDERS[folder] && join(FOLDERS[folder], ...rest);
  const found = file ? await stat(file).catch(() => null) : null;
  if (!file || !found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": found.size, "cache-control": "max-age=600" });
  createReadStream(file).pipe(response);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Starts the app. */

import "./style.css";
import { App } from "./app";
import { Engine } from "./engine/client";
import { startWorker } from "./engine/start";

const root = document.getElementById("app");
if (root) void new App(root, new Engine(startWorker())).start();

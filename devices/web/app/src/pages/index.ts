/** The tasks' pages: each is one file and one line here. */

import type { TaskName } from "../engine/protocol";
import { makeArraysPage } from "./arrays";
import { makeCaptionPage } from "./caption";
import { makeClassifyPage } from "./classify";
import { makeForecastPage } from "./forecast";
import { makeLmPage } from "./lm";
import type { MakePage } from "./page";
import { makeTagPage } from "./tag";
import { makeTranslatePage } from "./translate";

export const PAGES: Record<TaskName, MakePage> = {
  classify: makeClassifyPage,
  lm: makeLmPage,
  tag: makeTagPage,
  translate: makeTranslatePage,
  forecast: makeForecastPage,
  caption: makeCaptionPage,
  model: makeArraysPage,
};

export const TASK_TITLES: Record<TaskName, string> = {
  classify: "Classify a text",
  lm: "Write",
  tag: "Mark what is in a text",
  translate: "Translate",
  forecast: "Forecast a series",
  caption: "Describe a picture",
  model: "Compute",
};

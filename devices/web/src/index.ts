export { BundleError, EdgeRNNError, InputError, RuntimeUnavailable } from "./errors.js";
export type * from "./engines.js";
export type * from "./outcomes.js";
export type * from "./settings.js";
export type * from "./tensor.js";

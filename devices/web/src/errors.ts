/** Base of every error that the runtime raises on purpose. Each message says what, where and how to mend it. */
export class EdgeRNNError extends Error {
  override readonly name: string = "EdgeRNNError";
}

/** The file is not an EdgeRNN bundle, is damaged, or needs a newer version of the runtime. */
export class BundleError extends EdgeRNNError {
  override readonly name = "BundleError";
}

/** What the caller passed (a text, an array, a picture) cannot be used as it is. */
export class InputError extends EdgeRNNError {
  override readonly name = "InputError";
}

/** The engine cannot run the bundle, or the browser lacks something that is needed. */
export class RuntimeUnavailable extends EdgeRNNError {
  override readonly name = "RuntimeUnavailable";
}

package edgernn.runtime

/** Base of every error that the library raises on purpose. Each message says what, where and how to mend it. */
open class EdgeRnnError @JvmOverloads constructor(message: String, cause: Throwable? = null) : Exception(message, cause)

/** The file is not an EdgeRNN bundle, is damaged, or needs a newer version of the kit. */
class BundleError @JvmOverloads constructor(message: String, cause: Throwable? = null) : EdgeRnnError(message, cause)

/** What the caller passed (a text, an array, a file) cannot be used as it is. */
class InputError @JvmOverloads constructor(message: String, cause: Throwable? = null) : EdgeRnnError(message, cause)

/** No engine can run the bundle, or the library does not know a part of it. */
class RuntimeUnavailable @JvmOverloads constructor(message: String, cause: Throwable? = null) :
    EdgeRnnError(message, cause)

/// An error that the package throws on purpose. Its message says what, where and how to mend it.
public protocol EdgeRNNError: Error, CustomStringConvertible {
    var message: String { get }
}

extension EdgeRNNError {
    public var description: String { message }
}

/// The file is not an EdgeRNN bundle, is damaged, or needs a newer version of the package.
public struct BundleError: EdgeRNNError {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }
}

/// What the caller passed (a text, a tensor, a setting) cannot be used as it is.
public struct InputError: EdgeRNNError {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }
}

/// The engine cannot run the bundle, or the bundle needs what this package does not have.
public struct RuntimeUnavailable: EdgeRNNError {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }
}

// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "EdgeRNN",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [
        // The runtime without an engine: bring your own (`Engine`).
        .library(name: "EdgeRNN", targets: ["EdgeRNN"]),
        // The engine over LiteRT's C API.
        .library(name: "EdgeRNNLiteRt", targets: ["EdgeRNNLiteRt"]),
    ],
    targets: [
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "EdgeRNN", dependencies: ["CZlib"]),
        .target(name: "CLiteRt"),
        .target(
            name: "EdgeRNNLiteRt",
            dependencies: ["EdgeRNN", "CLiteRt"],
            // Apps for Apple's systems name LiteRT's framework themselves (README.md).
            linkerSettings: [.linkedLibrary("LiteRt", .when(platforms: [.linux]))]
        ),
        // The sample's sources; the app itself (ExampleApp.swift) is a project of Xcode's.
        .target(
            name: "EdgeRNNExample", dependencies: ["EdgeRNN", "EdgeRNNLiteRt"], path: "Example",
            exclude: ["ExampleApp.swift"]),
        .testTarget(name: "EdgeRNNTests", dependencies: ["EdgeRNN", "EdgeRNNLiteRt"]),
    ]
)

import SwiftUI

/// The whole app: put a bundle named `model.tflite` among its resources.
@main
struct ExampleApp: App {
    var body: some Scene {
        WindowGroup {
            if let path = Bundle.main.path(forResource: "model", ofType: "tflite") {
                BundleView(path: path)
            } else {
                Text("Add a bundle named model.tflite to the app's resources.")
            }
        }
    }
}

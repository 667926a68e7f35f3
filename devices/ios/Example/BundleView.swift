#if canImport(SwiftUI)
    import EdgeRNN
    import SwiftUI

    /// Type, and see what the bundle says; below it the self-test and the time that an answer took.
    struct BundleView: View {
        /// Of the bundle, inside the app.
        let path: String

        @State private var assistant: Assistant?
        @State private var text = ""
        @State private var reply: Reply?
        @State private var status = "Opening the bundle"

        var body: some View {
            NavigationView {
                List {
                    Section {
                        TextField("Type something", text: $text)
                            .textFieldStyle(.roundedBorder)
                            .accessibilityHint("The answers below follow what you type")
                    }
                    Section("Answers") {
                        ForEach(reply?.lines ?? []) { LineView(line: $0) }
                    }
                    Section("About") {
                        Text(status)
                        if let reply { Text(String(format: "%.1f ms", reply.milliseconds)) }
                    }
                }
                .navigationTitle("EdgeRNN")
            }
            .task { await open() }
            // A new text ends the wait for the last one's answer.
            .task(id: text) { await answer() }
        }

        private func open() async {
            do {
                let opened = try await Task.detached { [path] in try Assistant(path: path) }.value
                assistant = opened
                status = try await opened.check()
                await answer()
            } catch {
                status = "\(error)"
            }
        }

        private func answer() async {
            guard let assistant, !text.isEmpty else { return }
            do {
                let found = try await assistant.reply(to: text)
                if !Task.isCancelled { reply = found }
            } catch {
                status = "\(error)"
            }
        }
    }

    /// A line with its probability as a number and a bar.
    private struct LineView: View {
        let line: Line

        var body: some View {
            VStack(alignment: .leading, spacing: 4) {
                HStack {
                    Text(line.text)
                    Spacer()
                    if let share = line.share {
                        Text(share, format: .percent.precision(.fractionLength(0))).foregroundStyle(.secondary)
                    }
                }
                if let share = line.share { ProgressView(value: min(max(share, 0), 1)) }
            }
            .accessibilityElement(children: .combine)
        }
    }
#endif

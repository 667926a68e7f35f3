import EdgeRNN
import EdgeRNNLiteRt

for path in CommandLine.arguments.dropFirst() {
    do {
        let model = try load(path, engine: LiteRtEngine())
        print(path, try selftest(model))
    } catch { print(path, error) }
}

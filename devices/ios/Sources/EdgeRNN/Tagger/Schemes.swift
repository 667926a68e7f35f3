/// Words `start` up to `stop` (not included) have this label.
struct LabelSpan: Equatable {
    let label: String
    let start: Int
    let stop: Int
}

/// The spans that labels of any of the schemes mark, in order; faulty ones are read as conlleval reads them.
///
/// - Parameter labels: Of the words; what has no scheme's form is outside.
func spans(of labels: [String]) -> [LabelSpan] {
    var found: [LabelSpan] = []
    var (name, start) = ("", 0)
    var before: Character? = "O"
    for (place, label) in labels.enumerated() {
        let (letter, now) = parted(label)
        let goesOn = letter == "I" || letter == "E"
        let begins =
            letter == "B" || letter == "S" || (goesOn && (now != name || before == "E" || before == "S"))
        if !name.isEmpty && (begins || letter == nil || letter == "O") {
            found.append(LabelSpan(label: name, start: start, stop: place))
            name = ""
        }
        if begins { (name, start) = (now, place) }
        before = letter
    }
    return name.isEmpty ? found : found + [LabelSpan(label: name, start: start, stop: labels.count)]
}

/// A scheme's letter (nil where there is none) and the span's label.
private func parted(_ label: String) -> (Character?, String) {
    if label == "O" { return ("O", "") }
    guard let dash = label.firstIndex(of: "-") else { return (nil, "") }
    let name = String(label[label.index(after: dash)...])
    if name.isEmpty { return (nil, "") }
    // BILOU's and BMEWO's letters for what IOBES calls I, E and S.
    let letters: [String: Character] = [
        "B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S",
    ]
    return (letters[String(label[..<dash])], name)
}

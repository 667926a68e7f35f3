/// One sentence whose words arrive one by one, each labelled by what came before it.
///
/// A label is the most probable one after the words so far; later words do not change it. `SequenceTagger.tag` on the
/// whole sentence may decide otherwise, because it knows what follows.
public final class TagSession {
    /// A session at one time.
    public struct Snapshot: Equatable, Codable, Sendable {
        let states: EdgeRNN.Snapshot
        let sums: [String: [Double]]
        let place: Int
    }

    private let model: SequenceTagger
    private let states: Session
    private var sums: [String: [Double]] = [:]
    private var place = 0

    init(_ model: SequenceTagger, _ states: Session) { (self.model, self.states) = (model, states) }

    /// Takes the next word, as it is, and labels it.
    ///
    /// - Returns: The word with its labels; its offsets are those in the sentence with single blanks between the words.
    /// - Throws: `InputError`: it is empty. The session is then as before.
    public func step(_ word: String) throws -> Token {
        let words = try wordsBetweenBlanks([word], from: place)
        let outputs = try states.step(model.inputs(words.map(\.text)))
        var answers: [String: Answer] = [:]
        for column in model.columns {
            let scores = outputs[column.spec.output]!
            answers[column.spec.name] = answer(
                column, scores.reshaped([1, scores.count]).rows.map { $0.map(Double.init) })
        }
        place = words[0].end + 1
        return tokens(words, answers, model.task.mainColumn)[0]
    }

    /// A new sentence begins.
    public func reset() {
        states.reset()
        (sums, place) = ([:], 0)
    }

    public func snapshot() throws -> Snapshot { Snapshot(states: try states.snapshot(), sums: sums, place: place) }

    /// Goes on from a snapshot.
    ///
    /// - Throws: `InputError`: it is another model's. The session is then as before.
    public func restore(_ snapshot: Snapshot) throws {
        try states.restore(snapshot.states)
        (sums, place) = (snapshot.sums, snapshot.place)
    }

    /// A session of its own that goes on from the same words.
    public func fork() throws -> TagSession {
        let other = TagSession(model, try states.fork())
        (other.sums, other.place) = (sums, place)
        return other
    }

    private func answer(_ column: Column, _ scores: [[Double]]) -> Answer {
        if column.spec.kind == .several { return column.answer(scores) }
        let sums = column.crf.onward(self.sums[column.spec.name], scores[0])
        // What is common to all labels says nothing, and would grow without end.
        let most = sums.max() ?? 0
        self.sums[column.spec.name] = sums.map { $0 - most }
        let shares = softmax(sums)
        let best = argmax(shares)
        return Answer(
            labels: [.one(column.labels[best])], scores: [.one(shares[best])], sureness: [shares[best]], spans: [])
    }
}

/// Words with their labels by column; that of `main` is shown where there is place for one.
func tokens(_ words: [Word], _ answers: [String: Answer], _ main: String) -> [Token] {
    words.enumerated().map { number, word in
        Token(
            text: word.text.string, label: answers[main]!.labels[number].joined, start: word.start, end: word.end,
            score: answers[main]!.sureness[number], labels: answers.mapValues { $0.labels[number] },
            scores: answers.mapValues { $0.scores[number] })
    }
}

/// Words where they stand when single blanks separate them.
///
/// - Throws: `InputError`: one is empty.
func wordsBetweenBlanks(_ texts: [String], from start: Int = 0) throws -> [Word] {
    var words: [Word] = []
    var place = start
    for (number, text) in texts.enumerated() {
        let word = text.scalars
        guard !word.stripped().isEmpty else {
            throw InputError("word \(number + 1) is '\(text)': expected a text that is not empty")
        }
        words.append(Word(word, start: place))
        place += word.count + 1
    }
    return words
}

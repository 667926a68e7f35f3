/// Runs a compiled pattern with backtracking, on a stack of its own.
struct PatternMachine {
    /// A way that has not been tried yet.
    private enum Choice {
        case at(instruction: Int, place: Int)
        /// Of a repetition that reached `place`: the shorter ones, down to `least`, go on at `instruction`.
        case shorter(instruction: Int, place: Int, least: Int)
    }

    private let program: [Instruction]
    private let text: Scalars
    private let end: Int

    init(_ program: [Instruction], _ text: Scalars, _ end: Int) {
        (self.program, self.text, self.end) = (program, text, end)
    }

    /// Where the match ends; nil where there is none.
    mutating func run(from start: Int, refusingEmpty: Bool = false) -> Int? {
        var choices: [Choice] = [.at(instruction: 0, place: start)]
        while let choice = choices.popLast() {
            var (instruction, place) = begun(choice, &choices)
            running: while true {
                switch program[instruction] {
                case .set(let characters):
                    guard place < end, characters.contains(text[place]) else { break running }
                    place += 1
                    instruction += 1
                case .repeated(let characters, let least, let most):
                    let first = place
                    while place < end, place - first < most, characters.contains(text[place]) { place += 1 }
                    guard place - first >= least else { break running }
                    instruction += 1
                    if place > first + least {
                        choices.append(.shorter(instruction: instruction, place: place, least: first + least))
                    }
                case .split(let one, let other):
                    choices.append(.at(instruction: instruction + other, place: place))
                    instruction += one
                case .jump(let distance): instruction += distance
                case .start:
                    guard place == 0 else { break running }
                    instruction += 1
                case .end:
                    guard place == end || (place == end - 1 && text[place] == "\n") else { break running }
                    instruction += 1
                case .boundary:
                    guard isWord(place - 1) != isWord(place) else { break running }
                    instruction += 1
                case .look(let behind, let negative, let inner):
                    guard looks(behind, inner, place) != negative else { break running }
                    instruction += 1
                case .match:
                    if refusingEmpty && place == start { break running }
                    return place
                }
            }
        }
        return nil
    }

    private func begun(_ choice: Choice, _ choices: inout [Choice]) -> (Int, Int) {
        switch choice {
        case .at(let instruction, let place): return (instruction, place)
        case .shorter(let instruction, let place, let least):
            if place - 1 > least {
                choices.append(.shorter(instruction: instruction, place: place - 1, least: least))
            }
            return (instruction, place - 1)
        }
    }

    private func isWord(_ place: Int) -> Bool {
        place >= 0 && place < end && text[place].isWordOfPattern
    }

    private func looks(_ behind: Bool, _ inner: [Instruction], _ place: Int) -> Bool {
        var machine = PatternMachine(inner, text, end)
        if !behind { return machine.run(from: place) != nil }
        // Back by one character: all that the kit's patterns look at.
        return place > 0 && machine.run(from: place - 1) == place
    }
}

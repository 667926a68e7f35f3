import Foundation

/// A linear-chain conditional random field (Lafferty et al. 2001): what labels add to each other's scores.
struct Crf {
    /// [labels][labels], from the row's label to the column's.
    let transitions: [[Double]]
    /// Of the first label.
    let start: [Double]
    /// Of the last one.
    let end: [Double]

    /// Labels that take no notice of each other.
    static func independent(_ labels: Int) -> Crf {
        let zeros = [Double](repeating: 0, count: labels)
        return Crf(transitions: [[Double]](repeating: zeros, count: labels), start: zeros, end: zeros)
    }

    private var labels: Range<Int> { start.indices }

    /// The labels with the greatest sum of scores (Viterbi 1967); of equal ones, from the end, the lower ids.
    ///
    /// - Parameter scores: [time][labels], one step or more.
    func best(_ scores: [[Double]]) -> [Int] {
        var totals = [labels.map { start[$0] + scores[0][$0] }]
        for step in scores.indices.dropFirst() {
            let before = totals[step - 1]
            totals.append(
                labels.map { to in labels.map { before[$0] + transitions[$0][to] }.max()! + scores[step][to] })
        }
        let last = totals[totals.count - 1]
        var path = [argmax(labels.map { last[$0] + end[$0] })]
        for total in totals.dropLast().reversed() {
            let to = path[path.count - 1]
            path.append(argmax(labels.map { total[$0] + transitions[$0][to] }))
        }
        return path.reversed()
    }

    /// All sequences at once (forward-backward), by logarithms.
    func lattice(_ scores: [[Double]]) -> Lattice {
        var forward: [[Double]] = []
        for step in scores { forward.append(onward(forward.last, step)) }
        var backward = [end]
        for step in scores.dropFirst().reversed() {
            let behind = backward[backward.count - 1]
            backward.append(labels.map { from in logSum(labels.map { transitions[from][$0] + step[$0] + behind[$0] }) })
        }
        return Lattice(crf: self, scores: scores, forward: forward, backward: backward.reversed())
    }

    /// Logarithms of the sums over all beginnings, one step on.
    ///
    /// - Parameter before: Of the step before, or nil at a sequence's beginning.
    func onward(_ before: [Double]?, _ scores: [Double]) -> [Double] {
        guard let before else { return labels.map { start[$0] + scores[$0] } }
        return labels.map { to in logSum(labels.map { before[$0] + transitions[$0][to] }) + scores[to] }
    }
}

/// All sequences of labels over some steps.
struct Lattice {
    let crf: Crf
    /// [time][labels].
    let scores: [[Double]]
    /// Logarithms of the sums over all beginnings, up to the step's label.
    let forward: [[Double]]
    /// Of those over all endings behind it.
    let backward: [[Double]]

    /// Of each label at each step, [time][labels].
    var probabilities: [[Double]] { zip(forward, backward).map { softmax(zip($0, $1).map(+)) } }

    /// That the steps from `start` on have just these labels, one or more, whatever the others have.
    func probability(_ start: Int, _ labels: [Int]) -> Double {
        let stop = start + labels.count
        var path = forward[start][labels[0]] + backward[stop - 1][labels[labels.count - 1]]
        for place in labels.indices.dropFirst() {
            path += scores[start + place][labels[place]] + crf.transitions[labels[place - 1]][labels[place]]
        }
        let everything = logSum(zip(forward[start], backward[start]).map(+))
        return exp(min(path - everything, 0))
    }
}

/// Probabilities of scores.
func softmax(_ scores: [Double]) -> [Double] {
    let most = scores.max() ?? 0
    let weights = scores.map { exp($0 - most) }
    let all = weights.reduce(0, +)
    return weights.map { $0 / all }
}

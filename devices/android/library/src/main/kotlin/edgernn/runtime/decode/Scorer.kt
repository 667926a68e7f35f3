package edgernn.runtime.decode

/** A sequence that is being generated. */
interface Scorer {
    /** Takes a token in; gives the logits of the tokens that may follow, which the caller may change. */
    fun step(token: Int): FloatArray

    /** The same sequence, once more. */
    fun fork(): Scorer
}

/**
 * What may follow each of a few sequences.
 *
 * @property logits [sequences][vocabulary]; whoever gets them may change them
 * @property attention how much of each part of the source went into them, [sequences][source], or null
 */
class Scored(val logits: List<FloatArray>, val attention: List<FloatArray>? = null)

/** Sequences that are being generated side by side. */
interface BatchScorer {
    /**
     * Takes a token in for each sequence that goes on.
     *
     * @param parents number, among the sequences before, of the one that each goes on from
     * @param tokens as many
     */
    fun step(parents: IntArray, tokens: IntArray): Scored
}

/** Sequences side by side, each with a scorer of its own; [scorer] is of the one sequence at the beginning. */
internal class Forking(scorer: Scorer) : BatchScorer {
    private var scorers = listOf(scorer)

    override fun step(parents: IntArray, tokens: IntArray): Scored {
        // The last child of a sequence goes on with its scorer, the others with copies.
        val last = parents.withIndex().associate { it.value to it.index }
        scorers = parents.mapIndexed { place, parent ->
            if (last[parent] == place) scorers[parent] else scorers[parent].fork()
        }
        return Scored(scorers.mapIndexed { place, one -> one.step(tokens[place]) })
    }
}

package edgernn.runtime.decode

/**
 * Settings of a generation; the defaults sample, within reason.
 *
 * The steps come in this order: repetition penalty, temperature, top-k, top-p, min-p; what is left is drawn from in
 * proportion to its probability. With more than one beam nothing is drawn.
 *
 * @property maxTokens tokens to generate at most
 * @property maxSeconds seconds that it may take at most; null: no limit
 * @property temperature logits are divided by it; 0: always the most probable token
 * @property topK only the k most probable tokens (of equal ones those with the lower ids); 0: all
 * @property topP only the smallest set of the most probable tokens whose probabilities add up to p; 1: all
 * @property minP only tokens with at least so many times the greatest probability; 0: all
 * @property repetitionPenalty positive logits of tokens that have come are divided by it, negative ones multiplied
 * @property beams hypotheses of a beam search; 1: none
 * @property lengthPenalty a hypothesis' log-probability is divided by its length to this power
 * @property stop texts before which generation ends
 * @property seed of the draws, 0 or more; the same seed gives the same text, here and in Python. null: another one each time
 * @throws edgernn.runtime.InputError naming every value that is out of its range
 */
data class DecodeOptions(
    val maxTokens: Int = 50,
    val maxSeconds: Double? = null,
    val temperature: Double = 0.8,
    val topK: Int = 40,
    val topP: Double = 0.95,
    val minP: Double = 0.0,
    val repetitionPenalty: Double = 1.0,
    val beams: Int = 1,
    val lengthPenalty: Double = 1.0,
    val stop: List<String> = emptyList(),
    val seed: Long? = null,
) {
    init {
        SettingsCheck().apply {
            whole("maxTokens", maxTokens, 0..MOST_TOKENS)
            number("temperature", temperature, 0.0, 100.0)
            whole("topK", topK, 0..1_000_000_000)
            number("topP", topP, 0.0, 1.0)
            number("minP", minP, 0.0, 1.0)
            number("repetitionPenalty", repetitionPenalty, 0.01, 100.0)
            whole("beams", beams, 1..MOST_BEAMS)
            number("lengthPenalty", lengthPenalty, -10.0, 10.0)
            seconds(maxSeconds)
            that(stop.none { it.isEmpty() }, "stop must be texts, none of them empty")
            that(seed == null || seed >= 0, "seed must be a whole number, 0 or more, not $seed")
        }.end()
    }
}

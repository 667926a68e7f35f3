package edgernn.runtime.tag

import edgernn.runtime.InputError
import edgernn.runtime.Tensor
import edgernn.runtime.floats
import edgernn.runtime.text.stripped

/** Words with their labels by column; that of [main] is shown where there is place for one. */
internal fun tokensOf(words: List<Word>, answers: Map<String, Answer>, columns: List<Column>, main: String): List<Token> {
    val shown = columns.first { it.spec.name == main }
    return words.mapIndexed { number, word ->
        val answer = answers.getValue(main)
        Token(
            word.text,
            shown.joined(answer.labels[number]),
            word.start,
            word.end,
            answer.sureness[number],
            answers.mapValues { it.value.labels[number] },
            answers.mapValues { it.value.scores[number] },
        )
    }
}

/** The spans of one column, where they stand in the text. */
internal fun entitiesOf(text: String, words: List<Word>, answer: Answer): List<Entity> = answer.spans.map { (span, score) ->
    val start = words[span.start].start
    val end = words[span.stop - 1].end
    Entity(text.substring(start, end), span.label, start, end, score)
}

/**
 * Words where they stand when single blanks separate them.
 *
 * @param start of the first one
 * @throws InputError one is empty
 */
internal fun wordsBetweenBlanks(tokens: List<String>, start: Int = 0): List<Word> {
    var place = start
    return tokens.mapIndexed { number, token ->
        if (token.stripped().isEmpty()) throw InputError("word ${number + 1} is '$token': expected a text that is not empty")
        Word(token, place, place + token.length).also { place = it.end + 1 }
    }
}

/** The rows of an output [1, time, labels]. */
internal fun rowsOf(output: Tensor): Scores {
    val values = output.floats()
    val width = output.shape.last()
    return List(values.size / width) { n -> DoubleArray(width) { values[n * width + it].toDouble() } }
}

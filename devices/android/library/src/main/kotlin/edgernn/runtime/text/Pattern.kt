package edgernn.runtime.text

import edgernn.runtime.RuntimeUnavailable

/**
 * The patterns of tokenizers: characters, classes, alternatives, groups, and greedy repetition of characters and classes.
 *
 * The JVM's and Android's regular expressions (ICU) read such patterns differently in places, and their classes depend on
 * the version of Unicode. This one knows nothing but code points, so that texts are cut alike everywhere. What it does not
 * know is refused.
 *
 * @param expression the pattern
 * @throws RuntimeUnavailable it uses something else, or may match nothing at all
 */
internal class Pattern(expression: String) {
    private val alternatives = PatternParser(expression).parse()

    init {
        if (alternatives.any { sequence -> sequence.all { it.least == 0 } }) refuse(expression)
    }

    /** The first match at or after a place, as its start and end; null where there is none. */
    fun find(text: String, from: Int): IntRange? {
        var start = from
        while (start < text.length) {
            val end = matchAny(alternatives, text, start) { it }
            if (end > start) return start until end
            start += Character.charCount(text.codePointAt(start))
        }
        return null
    }

    /** All matches, one behind the other. */
    fun findAll(text: String): Sequence<IntRange> = generateSequence(find(text, 0)) { find(text, it.last + 1) }

    companion object {
        /** What matches this text. */
        fun literal(text: String): Pattern = Pattern(text.map { if (it in SPECIAL) "\\$it" else it.toString() }.joinToString(""))

        internal fun refuse(expression: String): Nothing =
            throw RuntimeUnavailable("the tokenizer's pattern '$expression' is of a kind that this library does not know")
    }
}

private const val SPECIAL = "\\[](){}.*+?|^$/-"
private const val NO_LIMIT = Int.MAX_VALUE

/** A part of a pattern and how often it comes. */
internal sealed class PatternPart {
    abstract val least: Int
    abstract val most: Int
}

/** One character out of a set. */
internal class OneOf(
    private val ranges: List<IntRange>,
    private val negated: Boolean,
    override val least: Int,
    override val most: Int,
) : PatternPart() {
    private val ascii = BooleanArray(128) { point -> inRanges(point) }

    fun holds(point: Int): Boolean = if (point < ascii.size) ascii[point] else inRanges(point)

    fun times(least: Int, most: Int) = OneOf(ranges, negated, least, most)

    private fun inRanges(point: Int): Boolean = ranges.any { point in it } != negated
}

/** Alternatives of sequences. */
internal class Group(val alternatives: List<List<PatternPart>>, override val least: Int) : PatternPart() {
    override val most = 1
}

/** The first alternative with which everything that follows matches too; its end, or -1. */
private fun matchAny(alternatives: List<List<PatternPart>>, text: String, start: Int, following: (Int) -> Int): Int {
    for (sequence in alternatives) {
        val end = match(sequence, 0, text, start, following)
        if (end >= 0) return end
    }
    return -1
}

private fun match(sequence: List<PatternPart>, number: Int, text: String, start: Int, following: (Int) -> Int): Int {
    if (number == sequence.size) return following(start)
    return when (val part = sequence[number]) {
        is OneOf -> matchRun(part, sequence, number, text, start, following)
        is Group -> {
            val end = matchAny(part.alternatives, text, start) { match(sequence, number + 1, text, it, following) }
            if (end < 0 && part.least == 0) match(sequence, number + 1, text, start, following) else end
        }
    }
}

private fun matchRun(
    part: OneOf,
    sequence: List<PatternPart>,
    number: Int,
    text: String,
    start: Int,
    following: (Int) -> Int,
): Int {
    var place = start
    var count = 0
    while (count < part.most && place < text.length) {
        val point = text.codePointAt(place)
        if (!part.holds(point)) break
        place += Character.charCount(point)
        count++
    }
    // As many as there are, and fewer only where what follows needs some of them.
    while (count >= part.least) {
        val end = match(sequence, number + 1, text, place, following)
        if (end >= 0 || count == part.least) return end
        place -= Character.charCount(text.codePointBefore(place))
        count--
    }
    return -1
}

private class PatternParser(private val expression: String) {
    private val points = points(expression)
    private var place = 0

    fun parse(): List<List<PatternPart>> {
        val found = alternatives()
        if (place < points.size) refuse()
        return found
    }

    private fun alternatives(): List<List<PatternPart>> {
        val found = arrayListOf(ArrayList<PatternPart>())
        while (place < points.size && points[place] != ')'.code) {
            if (take('|')) found += ArrayList<PatternPart>() else found.last() += part()
        }
        return found
    }

    private fun part(): PatternPart {
        if (take('(')) {
            if (peek('?')) refuse()
            val inner = alternatives()
            if (!take(')')) refuse()
            if (peek('*') || peek('+') || peek('{')) refuse()
            return Group(inner, if (take('?')) 0 else 1)
        }
        val one = when {
            take('[') -> set()
            take('.') -> OneOf(listOf('\n'.code..'\n'.code), true, 1, 1)
            take('\\') -> only(escaped())
            points[place] in REFUSED -> refuse()
            else -> only(points[place++])
        }
        val repeated = repeated(one)
        // Lazy and possessive repetition would follow.
        if (repeated !== one && (peek('?') || peek('*') || peek('+') || peek('{'))) refuse()
        return repeated
    }

    private fun repeated(one: OneOf): OneOf = when {
        take('?') -> one.times(0, 1)
        take('*') -> one.times(0, NO_LIMIT)
        take('+') -> one.times(1, NO_LIMIT)
        take('{') -> counted(one)
        else -> one
    }

    private fun counted(one: OneOf): OneOf {
        val least = digits()
        val most = if (take(',')) digits() ?: NO_LIMIT else least
        if (!take('}') || most == null || most < (least ?: 0)) refuse()
        return one.times(least ?: 0, most)
    }

    private fun digits(): Int? {
        val start = place
        while (place < points.size && points[place] in '0'.code..'9'.code) place++
        return expression.substring(offset(start), offset(place)).ifEmpty { null }?.let { it.toIntOrNull() ?: refuse() }
    }

    private fun set(): OneOf {
        val negated = take('^')
        val ranges = ArrayList<IntRange>()
        var isFirst = true
        while (isFirst || !peek(']')) {
            isFirst = false
            val low = member()
            val isRange = peek('-') && place + 1 < points.size && points[place + 1] != ']'.code
            val high = if (isRange) member(skip = 1) else low
            if (high < low) refuse()
            ranges += low..high
        }
        place++
        return OneOf(ranges, negated, 1, 1)
    }

    private fun member(skip: Int = 0): Int {
        place += skip
        if (place >= points.size || peek('[') || (peek('&') && place + 1 < points.size && points[place + 1] == '&'.code)) refuse()
        return if (take('\\')) escaped() else points[place++]
    }

    private fun escaped(): Int {
        if (place >= points.size) refuse()
        val point = points[place++]
        return when {
            point == 'n'.code -> '\n'.code
            point == 'r'.code -> '\r'.code
            point == 't'.code -> '\t'.code
            point < 128 && point.toChar() in SPECIAL -> point
            else -> refuse()
        }
    }

    private fun only(point: Int) = OneOf(listOf(point..point), false, 1, 1)

    private fun peek(wanted: Char): Boolean = place < points.size && points[place] == wanted.code

    private fun take(wanted: Char): Boolean = peek(wanted).also { if (it) place++ }

    private fun offset(number: Int): Int = expression.offsetByCodePoints(0, number)

    private fun refuse(): Nothing = Pattern.refuse(expression)

    private companion object {
        private val REFUSED = "^$*+?{".map { it.code }.toSet()
    }
}

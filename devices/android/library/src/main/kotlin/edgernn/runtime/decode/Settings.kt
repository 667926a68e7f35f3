package edgernn.runtime.decode

import edgernn.runtime.InputError

internal const val MOST_TOKENS = 1_000_000
internal const val MOST_BEAMS = 64

/** Collects what is out of its range, and raises it at once. */
internal class SettingsCheck {
    private val faults = ArrayList<String>()

    fun whole(name: String, value: Int, range: IntRange) {
        if (value !in range) {
            faults += "$name must be a whole number between ${range.first} and ${range.last}, not $value"
        }
    }

    fun number(name: String, value: Double, low: Double, high: Double) {
        if (!(value >= low && value <= high)) faults += "$name must lie between $low and $high, not $value"
    }

    fun seconds(value: Double?) {
        if (value != null && !(value >= 0.0 && value < Double.POSITIVE_INFINITY)) {
            faults += "maxSeconds must be 0 or more, not $value"
        }
    }

    fun that(holds: Boolean, otherwise: String) {
        if (!holds) faults += otherwise
    }

    /** @throws InputError naming every value that is out of its range */
    fun end() {
        if (faults.isNotEmpty()) throw InputError(faults.joinToString("; "))
    }
}

/** When a search must end, by a clock that is never set back. */
internal class Deadline(seconds: Double?) {
    private val end: Double? = seconds?.let { now() + it }

    val isOver: Boolean get() = end != null && now() >= end

    private fun now(): Double = System.nanoTime() / 1e9
}

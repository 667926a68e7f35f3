package edgernn.runtime.spec

/**
 * Reads the fields of one object of an untrusted document, and names every fault at once instead of the first one.
 *
 * @param value parsed JSON
 * @param path where it stands, for the messages ("" at the top)
 * @param faults every fault found is appended here as "path: what is wrong"
 */
internal class Fields(value: Any?, private val path: String, private val faults: MutableList<String>) {
    private val values: Map<*, *> = value as? Map<*, *> ?: emptyMap<String, Any?>().also {
        faults += "${path.ifEmpty { "document" }}: expected an object, found ${kindOf(value)}"
    }
    private val broken = value !is Map<*, *>
    private val known = HashSet<String>()

    fun text(name: String, default: String? = null): String = scalar(name, default, "a text") { it as? String } ?: ""

    fun int(name: String, default: Int? = null): Int =
        scalar(name, default, "a whole number", ::intOf) ?: 0

    fun long(name: String, default: Long? = null): Long = scalar(name, default, "a whole number") { it as? Long } ?: 0

    fun double(name: String, default: Double? = null): Double =
        scalar(name, default, "a number") { (it as? Number)?.toDouble() } ?: 0.0

    /** A text or null; null where it is left out. */
    fun textOrNull(name: String): String? = if (!present(name, true) || values[name] == null) null else text(name)

    /** A number or null; null where it is left out. */
    fun numberOrNull(name: String): Double? =
        if (!present(name, true) || values[name] == null) null else double(name)

    fun bool(name: String, default: Boolean? = null): Boolean =
        scalar(name, default, "true or false") { it as? Boolean } ?: false

    /** One of a few texts. */
    fun choice(name: String, choices: List<String>, default: String? = null): String {
        if (!present(name, default != null)) return default ?: choices[0]
        val found = values[name]
        if (found !in choices) faults += "${at(name)}: expected one of ${choices.joinToString()}, found $found"
        return found as? String ?: ""
    }

    /** An object, or null where null stands or, with [optional], nothing. */
    fun <T> objectOrNull(name: String, optional: Boolean = false, read: (Fields) -> T): T? =
        if (!present(name, optional) || values[name] == null) null else one(values[name], at(name), read)

    fun <T> nested(name: String, read: (Fields) -> T): T = one(if (present(name, false)) values[name] else missing, at(name), read)

    /** A list of objects. */
    fun <T> objects(name: String, optional: Boolean = false, read: (Fields) -> T): List<T> =
        items(name, optional).mapIndexed { n, item -> one(item, "${at(name)}[$n]", read) }

    fun texts(name: String, optional: Boolean = false): List<String> =
        items(name, optional).mapIndexed { n, item -> typed(item, "${at(name)}[$n]", "a text") { it as? String } ?: "" }

    fun ints(name: String, optional: Boolean = false): List<Int> = items(name, optional).mapIndexed { n, item ->
        typed(item, "${at(name)}[$n]", "a whole number", ::intOf) ?: 0
    }

    fun doubles(name: String, optional: Boolean = false): List<Double> = items(name, optional).mapIndexed { n, item ->
        typed(item, "${at(name)}[$n]", "a number") { (it as? Number)?.toDouble() } ?: 0.0
    }

    /** Whole numbers, null where the size is free. */
    fun sizes(name: String): List<Int?> = items(name, false).mapIndexed { n, item ->
        if (item == null) null else typed(item, "${at(name)}[$n]", "a whole number", ::intOf)
    }

    /** An object whose keys are names. */
    fun <T> byName(name: String, read: (Any?, String) -> T): Map<String, T> {
        if (!present(name, false)) return emptyMap()
        val found = values[name] as? Map<*, *>
        if (found == null) faults += "${at(name)}: expected an object, found ${kindOf(values[name])}"
        return found.orEmpty().entries.associate { (key, item) -> key.toString() to read(item, "${at(name)}.$key") }
    }

    /** A value of any kind. */
    fun any(name: String): Any? = if (present(name, false)) values[name] else null

    /** Call it last: fields that nobody asked for are faults. */
    fun end() {
        values.keys.filter { it !in known }.forEach { faults += "${at(it.toString())}: unknown field" }
    }

    fun <T> one(value: Any?, path: String, read: (Fields) -> T): T {
        val fields = Fields(if (value === missing) emptyMap<String, Any?>() else value, path, faults)
        val before = faults.size
        val found = read(fields)
        // Fields of what is missing, or no object, are not faults of their own.
        if (value === missing || fields.broken) while (faults.size > before) faults.removeAt(faults.size - 1)
        fields.end()
        return found
    }

    fun <T> typed(value: Any?, path: String, expected: String, read: (Any?) -> T?): T? =
        read(value) ?: null.also { faults += "$path: expected $expected, found ${kindOf(value)}" }

    private fun items(name: String, optional: Boolean): List<Any?> {
        if (!present(name, optional)) return emptyList()
        return values[name] as? List<*> ?: emptyList<Any?>().also {
            faults += "${at(name)}: expected a list, found ${kindOf(values[name])}"
        }
    }

    private fun <T> scalar(name: String, default: T?, expected: String, read: (Any?) -> T?): T? =
        if (present(name, default != null)) typed(values[name], at(name), expected, read) else default

    private fun present(name: String, optional: Boolean): Boolean {
        known += name
        if (name in values) return true
        if (!optional) faults += "${at(name)}: missing"
        return false
    }

    private fun at(name: String): String = if (path.isEmpty()) name else "$path.$name"

    private companion object {
        private val missing = Any()
    }
}

/** A whole number of 32 bits; null where it is something else. */
private fun intOf(value: Any?): Int? = (value as? Long)?.takeIf { it.toInt().toLong() == it }?.toInt()

internal fun kindOf(value: Any?): String = when (value) {
    null -> "null"
    is Boolean -> value.toString()
    is Number -> "a number"
    is String -> "a text"
    is List<*> -> "a list"
    else -> "an object"
}

package edgernn.runtime.decode

import java.math.BigInteger

private const val POOL = 4
private const val WORD = 0xFFFFFFFFL
private const val MULTIPLIER_HIGH = 2549297995355413924L
private const val MULTIPLIER_LOW = 4865540595714422341L

/**
 * The random numbers of `numpy.random.default_rng(seed)`: PCG64 (O'Neill 2014, XSL-RR on 128 bits), its state spread from
 * the seed by NumPy's SeedSequence.
 *
 * @param seed 0 or more, of any size
 */
class Pcg64(seed: BigInteger) {
    /** The four words that the seed spreads to. */
    internal val spread: LongArray = SeedSequence(seed).words(POOL)

    private val incrementHigh = (spread[2] shl 1) or (spread[3] ushr 63)
    private val incrementLow = (spread[3] shl 1) or 1L
    private var high = 0L
    private var low = 0L

    init {
        step()
        add(spread[0], spread[1])
        step()
    }

    /** The next 64 bits. */
    fun nextLong(): Long {
        step()
        return java.lang.Long.rotateRight(high xor low, (high ushr 58).toInt())
    }

    /** The next number, 0 to 1 (not included), a multiple of 2 to the -53. */
    fun nextDouble(): Double = (nextLong() ushr 11) * (1.0 / (1L shl 53))

    private fun step() {
        val top = high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH + upperProduct(low, MULTIPLIER_LOW)
        low *= MULTIPLIER_LOW
        high = top
        add(incrementHigh, incrementLow)
    }

    private fun add(moreHigh: Long, moreLow: Long) {
        low += moreLow
        high += moreHigh + if (java.lang.Long.compareUnsigned(low, moreLow) < 0) 1 else 0
    }
}

/** The upper 64 bits of a product of unsigned numbers; Android's own needs a newer version than this library does. */
private fun upperProduct(one: Long, other: Long): Long {
    val low = (one and WORD) * (other and WORD)
    val first = (one ushr 32) * (other and WORD) + (low ushr 32)
    val second = (one and WORD) * (other ushr 32) + (first and WORD)
    return (one ushr 32) * (other ushr 32) + (first ushr 32) + (second ushr 32)
}

/** NumPy's SeedSequence (after O'Neill's `seed_seq`): any number becomes well mixed words. */
private class SeedSequence(seed: BigInteger) {
    private val pool = IntArray(POOL)
    private var constant = 0x43b0d7e5

    init {
        require(seed.signum() >= 0) { "a seed is 0 or more" }
        val entropy = wordsOf(seed)
        for (place in pool.indices) pool[place] = hashed(entropy.getOrElse(place) { 0 })
        for (source in pool.indices) {
            for (target in pool.indices) if (source != target) pool[target] = mixed(pool[target], hashed(pool[source]))
        }
        for (source in POOL until entropy.size) {
            for (target in pool.indices) pool[target] = mixed(pool[target], hashed(entropy[source]))
        }
    }

    /** So many words of 64 bits. */
    fun words(count: Int): LongArray {
        var running = 0x8b51f9dd.toInt()
        val halves = IntArray(2 * count) {
            var value = pool[it % POOL] xor running
            running *= 0x58f38ded
            value *= running
            value xor (value ushr 16)
        }
        return LongArray(count) { (halves[2 * it].toLong() and WORD) or (halves[2 * it + 1].toLong() shl 32) }
    }

    private fun hashed(value: Int): Int {
        var found = value xor constant
        constant *= 0x931e8875.toInt()
        found *= constant
        return found xor (found ushr 16)
    }

    private fun mixed(one: Int, other: Int): Int {
        val found = 0xca01f9dd.toInt() * one - 0x4973f715 * other
        return found xor (found ushr 16)
    }

    /** A number's words of 32 bits, the lowest first. */
    private fun wordsOf(seed: BigInteger): List<Int> =
        List(maxOf(1, (seed.bitLength() + 31) / 32)) { seed.shiftRight(32 * it).toInt() }
}

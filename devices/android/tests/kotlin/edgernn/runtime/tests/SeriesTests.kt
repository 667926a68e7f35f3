package edgernn.runtime.tests

import edgernn.runtime.floats
import edgernn.runtime.forecast.prepare
import edgernn.runtime.forecast.restored
import edgernn.runtime.spec.Fields
import edgernn.runtime.spec.ForecastSpec
import edgernn.runtime.spec.readForecast
import edgernn.runtime.tasks.Forecast
import edgernn.runtime.tasks.Forecaster

/** What the network sees of a history, and values out of its answer. */
internal fun seriesTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("series")
    val tolerance = document["tolerance"].number()
    val histories = document["histories"].item()
    document["cases"].items().forEachIndexed { number, case ->
        checks.case("$number: ${case["history"]} ${case["spec"].item()["transform"]}") {
            val spec = specOf(case["spec"])
            val covariates = case["covariates"].item().entries.associate { it.key as String to it.value.numbers().toDoubleArray() }
            val found = prepare(histories[case["history"]].numbers().toDoubleArray(), spec, covariates.ifEmpty { null })
            checks.equal(case["flags"], found.flags, "flags")
            checks.near(case["window"].numbers(), found.inputs.getValue(spec.windowInput).doubles(), tolerance, "window")
            checks.near(case["context"].numbers(), found.inputs.getValue(spec.contextInput).doubles(), tolerance, "context")
            checks.near(case["level"].number(), found.level, tolerance, "level")
            checks.near(case["scale"].number(), found.scale, tolerance, "scale")
            val outputs = mapOf("dtype" to "float32", "shape" to listOf(spec.horizon.toLong(), spec.quantiles.size.toLong()),
                "random" to mapOf("seed" to 17L, "low" to -2L, "high" to 2L)).random().floats()
            checks.near(case["restored"].numbers(), outputs.map { restored(it, found, spec) }, tolerance, "restored")
        }
    }
}

/** Forecasts of a bundle, and a stream with gaps and a clock that jumps. */
internal fun forecastTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("forecast")
    val tolerance = document["tolerance"].number()
    for (case in document["cases"].items()) {
        checks.case("${case["history"]}".take(60)) {
            val model = vectors.model(case["bundle"] as String) as Forecaster
            val history = case["history"].numbers().toDoubleArray()
            val found = model.forecast(history, case["horizon"]?.int(), case["coverage"].number())
            forecastsAgree(checks, case, found, tolerance)
        }
    }
    for (case in document["streams"].items()) {
        val model = vectors.model(case["bundle"] as String) as Forecaster
        for (fork in listOf(false, true)) {
            var session = model.forecastSession()
            case["steps"].items().forEachIndexed { number, step ->
                checks.case("step $number${if (fork) " of forks" else ""}") {
                    if (fork) session = session.fork()
                    val found = session.step(step["value"]?.number(), step["time"]?.number(), step["interval"]?.number())
                    checks.near(step["score"].number(), found.score, 100 * tolerance, "score")
                    checks.equal(step["flags"], found.flags, "flags")
                    forecastsAgree(checks, step["forecast"].item(), found.forecast, tolerance)
                }
            }
        }
    }
}

private fun forecastsAgree(checks: Checks, wanted: Item, found: Forecast, tolerance: Double) {
    val all = listOf("mean", "lower", "upper").flatMap { wanted[it].numbers() }
    checks.near(all, (found.mean + found.lower + found.upper).toList(), tolerance, "forecast")
    checks.equal(wanted["flags"], found.flags, "flags")
}

private fun specOf(item: Any?): ForecastSpec {
    val faults = ArrayList<String>()
    val fields = Fields(item, "", faults)
    fields.text("name")
    return readForecast(fields).also {
        fields.end()
        check(faults.isEmpty()) { faults }
    }
}

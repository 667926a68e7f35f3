package edgernn.runtime.spec

import edgernn.runtime.BundleError

const val FORMAT_VERSION = 1
const val MANIFEST_NAME = "edgernn.json"
const val GOLDEN_NAME = "golden.json"
private const val LEAST_GOLDEN_VECTORS = 16

/** Numbers that a state may have: more would fill the memory before the model is even asked. */
private const val MOST_STATE = 1 shl 26
private val SHA256 = Regex("[0-9a-f]{64}")

/** Size in bytes and SHA-256 (64 hexadecimal digits) of the model or of an asset. */
data class FileSpec(val size: Long, val sha256: String)

/** One kind of operator in the model: TFLite's name, its version, and how often it occurs. */
data class OpSpec(val name: String, val version: Int, val count: Int)

/** How the weights are stored: the recipe's name, and one sentence for people. */
data class QuantizationSpec(val recipe: String, val summary: String)

/**
 * How far a device may stray from the golden vectors.
 *
 * @property vectors how many there are in the asset `golden.json`
 * @property tolerance greatest absolute difference allowed, as a part of the outputs' scale
 */
data class GoldenSpec(val vectors: Int, val tolerance: Double)

/**
 * The task's metrics on the test split, by name.
 *
 * @property keras of the float Keras model
 * @property artifact of this file
 */
data class QualitySpec(
    val split: String,
    val examples: Int,
    val keras: Map<String, Double>,
    val artifact: Map<String, Double>,
)

/** The data behind the figures: its name, its own licence, and whom to name. */
data class DataSpec(val name: String, val sha256: String, val licence: String, val credit: String)

/**
 * The content of `edgernn.json`: everything that a bundle says of itself.
 *
 * @property formatVersion of this layout; a reader refuses a newer one
 * @property model the TFLite bytes before the archive
 * @property assets by name, every other member of the archive
 * @property inputs the Keras model's, batch axis 1, null where the length is free
 * @property outputs the Keras model's, in its order
 */
data class Manifest(
    val formatVersion: Int,
    val kitVersion: String,
    val model: FileSpec,
    val assets: Map<String, FileSpec>,
    val inputs: List<TensorSpec>,
    val outputs: List<TensorSpec>,
    val execution: ExecutionSpec,
    val quantization: QuantizationSpec,
    val target: String,
    val ops: List<OpSpec>,
    val golden: GoldenSpec,
    val task: TaskSpec,
    val data: DataSpec?,
    val quality: QualitySpec?,
)

/** Raises [BundleError] when a document was written in a newer format than this library reads. */
internal fun refuseNewer(document: Any?, where: String) {
    val version = (document as? Map<*, *>)?.get("format_version") as? Long ?: return
    if (version > FORMAT_VERSION) {
        throw BundleError(
            "$where: bundle format $version is newer than this library reads (up to $FORMAT_VERSION): " +
                "update the app, or convert with an older edgernn",
        )
    }
}

/**
 * Checks a document as a whole.
 *
 * @param document parsed JSON
 * @param where the file's name, for the message
 * @throws BundleError naming every fault at once, or the version needed
 */
internal fun parseManifest(document: Any?, where: String): Manifest {
    refuseNewer(document, where)
    val faults = ArrayList<String>()
    val fields = Fields(document, "", faults)
    val manifest = fields.one(document, "", ::readManifest)
    if (faults.isEmpty()) {
        checkTask(manifest, faults)
        checkFiles(manifest, faults)
        checkExecution(manifest, faults)
    }
    if (faults.isNotEmpty()) throw BundleError("$where: $MANIFEST_NAME is not valid: ${faults.joinToString("; ")}")
    return manifest
}

private fun readManifest(fields: Fields): Manifest {
    fields.nested("proof", ::readProof)
    return Manifest(
        formatVersion = fields.int("format_version"),
        kitVersion = fields.text("kit_version"),
        model = fields.nested("model", ::readFile),
        assets = fields.byName("assets") { value, path -> fields.one(value, path, ::readFile) },
        inputs = fields.objects("inputs", read = ::readTensor),
        outputs = fields.objects("outputs", read = ::readTensor),
        execution = fields.nested("execution", ::readExecution),
        quantization = fields.nested("quantization") { QuantizationSpec(it.text("recipe"), it.text("summary")) },
        target = fields.text("target"),
        ops = fields.objects("ops") { OpSpec(it.text("name"), it.int("version"), it.int("count")) },
        golden = fields.nested("golden") { GoldenSpec(it.int("vectors"), it.double("tolerance")) },
        task = fields.nested("task", ::readTask),
        data = fields.objectOrNull("data", optional = true, read = ::readData),
        quality = fields.objectOrNull("quality", optional = true, read = ::readQuality),
    )
}

private fun readFile(fields: Fields) = FileSpec(fields.long("size"), fields.text("sha256"))

/** What the conversion measured is for people: it is checked and not kept. */
private fun readProof(fields: Fields) {
    fields.int("cases")
    listOf("max_error", "mean_error", "scale").forEach { fields.double(it) }
    fields.numberOrNull("argmax_agreement")
    fields.int("from_states", 0)
    fields.int("longest", 0)
}

private fun readData(fields: Fields): DataSpec {
    listOf("text_column", "label_column").forEach { fields.text(it) }
    fields.nested("split") { split ->
        split.choice(
            "method",
            listOf("stratified-sha256", "last-values", "given", "blocks-sha256", "sentences-sha256", "groups-sha256"),
        )
        split.long("seed")
        split.numbersByName("fractions")
        split.numbersByName("counts")
        split.int("duplicates_removed", 0)
    }
    return DataSpec(fields.text("name"), fields.text("sha256"), fields.text("licence"), fields.text("credit"))
}

private fun readQuality(fields: Fields) = QualitySpec(
    fields.text("split"),
    fields.int("examples"),
    fields.numbersByName("keras"),
    fields.numbersByName("artifact"),
)

private fun Fields.numbersByName(name: String): Map<String, Double> = byName(name) { value, path ->
    typed(value, path, "a number") { (it as? Number)?.toDouble() } ?: 0.0
}

private fun checkTask(manifest: Manifest, faults: MutableList<String>) {
    faults += manifest.task.faults()
    manifest.task.assets().filter { it !in manifest.assets }
        .forEach { faults += "assets: $it is missing (the task needs it)" }
}

private fun checkFiles(manifest: Manifest, faults: MutableList<String>) {
    if (manifest.formatVersion < 1) faults += "format_version: expected 1 or more, found ${manifest.formatVersion}"
    val files = listOf("model" to manifest.model) + manifest.assets.map { "assets.${it.key}" to it.value }
    for ((path, file) in files) {
        if (file.size < 0) faults += "$path.size: negative"
        if (!SHA256.matches(file.sha256)) faults += "$path.sha256: expected 64 lower-case hexadecimal digits"
    }
    if (GOLDEN_NAME !in manifest.assets) faults += "assets: $GOLDEN_NAME is missing"
    val vectors = manifest.golden.vectors
    if (vectors < LEAST_GOLDEN_VECTORS) faults += "golden.vectors: expected $LEAST_GOLDEN_VECTORS or more, found $vectors"
}

private fun checkExecution(manifest: Manifest, faults: MutableList<String>) {
    val execution = manifest.execution
    val names = execution.signatures.map { it.name }
    if (names.isEmpty()) faults += "execution.signatures: at least one is needed"
    if (names.toSet().size != names.size) faults += "execution.signatures: names occur twice"
    if (execution.mode == CHUNKED && names.isNotEmpty() && execution.signatures.minOf { it.steps } != 1) {
        faults += "execution.signatures: chunked needs one of a single step"
    }
    if (execution.mode == ENCODE_STEP) faults += pairFaults(execution)
    execution.states.filter { !it.name.startsWith("state_") }
        .forEach { faults += "execution.states: '${it.name}' does not begin with state_" }
    execution.states.filter { state -> state.shape.any { it < 1 } || state.shape.fold(1.0) { size, n -> size * n } > MOST_STATE }
        .forEach { faults += "execution.states: '${it.name}' has a shape that makes no sense: ${it.shape}" }
    faults += unknown("sequence_inputs", execution.sequenceInputs, manifest.inputs)
    faults += unknown("sequence_outputs", execution.sequenceOutputs, manifest.outputs)
}

private fun pairFaults(execution: ExecutionSpec): List<String> = buildList {
    val encoders = execution.signatures.filter { it.part == "encode" }.map { it.steps }
    val steps = execution.signatures.filter { it.part == "step" }.map { it.steps to it.rows }.toSet()
    if (encoders.isEmpty() || execution.signatures.any { it.part.isEmpty() }) {
        add("execution.signatures: encode_step needs encoders and steps, and nothing else")
    }
    val missing = encoders.filter { (it to 1) !in steps }
    if (missing.isNotEmpty()) {
        add("execution.signatures: there is no step of one row for encoders of ${missing.joinToString()} steps")
    }
    if (execution.signatures.any { it.rows < 1 }) add("execution.signatures: rows: expected 1 or more")
    if (execution.memory.isEmpty()) add("execution.memory: encode_step needs it")
    val names = execution.states.map { it.name }
    execution.firstStates.filter { it !in names }.forEach { add("execution.first_states: '$it' is no state") }
}

private fun unknown(field: String, names: List<String>, tensors: List<TensorSpec>): List<String> =
    names.filter { name -> tensors.none { it.name == name } }.map { "execution.$field: '$it' is not one of the model's" }

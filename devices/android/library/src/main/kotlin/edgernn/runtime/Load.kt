package edgernn.runtime

import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.spec.BareSpec
import edgernn.runtime.spec.CaptionSpec
import edgernn.runtime.spec.ClassifySpec
import edgernn.runtime.spec.ForecastSpec
import edgernn.runtime.spec.LmSpec
import edgernn.runtime.spec.TagSpec
import edgernn.runtime.spec.TranslateSpec
import edgernn.runtime.tasks.Forecaster
import edgernn.runtime.tasks.ImageCaptioner
import edgernn.runtime.tasks.LanguageModel
import edgernn.runtime.tasks.SequenceTagger
import edgernn.runtime.tasks.TextClassifier
import edgernn.runtime.tasks.Translator
import java.io.File

/**
 * Reads, checks and opens a bundle.
 *
 * @param file made by `edgernn convert`
 * @param engine that computes
 * @param threads that one call may use, 1 or more
 * @return the class of the bundle's task: [TextClassifier] for "classify", [Model] for a bare Keras model
 * @throws BundleError the file is missing, damaged, not valid, or in a newer format
 * @throws RuntimeUnavailable the engine cannot run it
 */
@JvmOverloads
fun load(file: File, engine: Engine, threads: Int = 1): Model = load(Bundle.read(file), engine, threads)

/** As above, of a bundle that has been read: of an Android asset, for example. */
@JvmOverloads
fun load(bundle: Bundle, engine: Engine, threads: Int = 1): Model {
    val options = EngineOptions(threads)
    val model = when (val task = bundle.manifest.task) {
        is ClassifySpec -> TextClassifier(bundle, task, engine, options)
        is ForecastSpec -> Forecaster(bundle, task, engine, options)
        is LmSpec -> LanguageModel(bundle, task, engine, options)
        is TagSpec -> SequenceTagger(bundle, task, engine, options)
        is TranslateSpec -> Translator(bundle, task, engine, options)
        is CaptionSpec -> ImageCaptioner(bundle, task, engine, options)
        BareSpec -> Model(bundle, engine, options)
    }
    model.open()
    return model
}

/// The parts of a manifest that are for people and for the workstation: a device checks their form.
enum Workstation {
    static func quantization(_ fields: FieldReader) -> String {
        _ = fields.text("summary")
        return fields.text("recipe")
    }

    static func op(_ fields: FieldReader) {
        _ = fields.text("name")
        _ = fields.whole("version")
        _ = fields.whole("count")
    }

    static func proof(_ fields: FieldReader) {
        _ = fields.whole("cases")
        for name in ["max_error", "mean_error", "scale"] { _ = fields.number(name) }
        _ = fields.optionalNumber("argmax_agreement")
        _ = fields.whole("from_states", default: 0)
        _ = fields.whole("longest", default: 0)
    }

    static func data(_ fields: FieldReader) {
        for name in ["name", "sha256", "licence", "credit", "text_column", "label_column"] { _ = fields.text(name) }
        fields.object("split", split)
    }

    static func quality(_ fields: FieldReader) {
        _ = fields.text("split")
        _ = fields.whole("examples")
        _ = fields.namedNumbers("keras")
        _ = fields.namedNumbers("artifact")
    }

    private enum Method: String, CaseIterable {
        case stratified = "stratified-sha256"
        case lastValues = "last-values"
        case given
        case blocks = "blocks-sha256"
        case sentences = "sentences-sha256"
        case groups = "groups-sha256"
    }

    private static func split(_ fields: FieldReader) {
        let _: Method = fields.choice("method")
        // Any whole number, also one beyond 64 bits.
        _ = fields.anything("seed")
        _ = fields.namedNumbers("fractions")
        _ = fields.namedWholes("counts")
        _ = fields.whole("duplicates_removed", default: 0)
    }
}

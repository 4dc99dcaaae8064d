/// The directives before a document: checked here, so that libyaml never sees them.
///
/// libyaml stops at a directive that it does not know, and is slow where there are many. Of all
/// directives only `%YAML 1.1` and `%YAML 1.2` mean anything to this reader.
struct Prologue {
    /// Where the document proper begins.
    private(set) var end: Int

    /// Reads blank lines, comments and directives from the start of `source`.
    init(_ source: SourceText, _ faults: inout FaultCollector) {
        end = source.start
        let bytes = source.bytes
        var versionAt: Int?
        var line = source.start
        while line < bytes.count, !faults.isUnbearable {
            let text = bytes[line...].prefix { !$0.isLineBreak }
            if text.first == UInt8(ascii: "%") {
                if Self.isKnownVersion(text), versionAt == nil {
                    versionAt = line
                } else {
                    Self.refuse(text, isSecondVersion: versionAt != nil, &faults)
                }
                end = text.endIndex
            } else if let first = text.first(where: { !$0.isBlank }), first != UInt8(ascii: "#") {
                break
            }
            line = text.endIndex + 1
        }
        if let versionAt, !bytes.dropFirst(line).starts(with: Array("---".utf8)) {
            faults.add(
                "yaml-syntax",
                at: versionAt,
                "after a directive the document must start with a line `---`"
            )
        }
    }

    private static func isKnownVersion(_ text: ArraySlice<UInt8>) -> Bool {
        let words = text.split(whereSeparator: \.isBlank)
        guard words.count >= 2, words[0].elementsEqual("%YAML".utf8) else { return false }
        let isNumber = ["1.1", "1.2"].contains { words[1].elementsEqual($0.utf8) }
        return isNumber && (words.count == 2 || words[2].first == UInt8(ascii: "#"))
    }

    private static func refuse(
        _ text: ArraySlice<UInt8>,
        isSecondVersion: Bool,
        _ faults: inout FaultCollector
    ) {
        let directive = Excerpt.quoted(text)
        let isKnown = ["%YAML", "%TAG"].contains { text.starts(with: $0.utf8) }
        faults.add(
            "yaml-directive",
            at: text.startIndex,
            isSecondVersion && isKnownVersion(text)
                ? "the directive \(directive) is repeated"
                : "the directive \(directive) is not allowed: only `%YAML 1.1` and `%YAML 1.2` are",
            hint: isKnown ? nil : "a value that starts with `%`: write it with quotes"
        )
    }
}

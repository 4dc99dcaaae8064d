extension Template {
    /// A part of a value that only the build knows.
    struct UnknownValue: Hashable {
        /// As it is written: `@NAME@`, `${NAME}` or `$<…>`.
        let text: String
        /// What a definition would define; nil for `$<…>`.
        let name: String?
    }

    /// Replaces macros in a value by what `defines` says of them.
    ///
    /// - Returns: the text, in which what is not defined stands as it was written, and all that.
    func resolve(
        _ text: String,
        defines: [String: String]
    ) -> (text: String, undefined: [UnknownValue]) {
        var undefined: [UnknownValue] = []
        guard let marker, text.unicodeScalars.contains(marker) else {
            return (Self.resolveReferences(text, defines, &undefined), undefined)
        }
        var result = ""
        // Markers come in pairs, so every second part is the name of a macro.
        let parts = text.unicodeScalars.split(separator: marker, omittingEmptySubsequences: false)
        for (index, part) in parts.map(String.init).enumerated() {
            if index.isMultiple(of: 2) {
                result += Self.resolveReferences(part, defines, &undefined)
            } else if let value = defines[part] {
                result += value
            } else {
                result += "@\(part)@"
                undefined.append(UnknownValue(text: "@\(part)@", name: part))
            }
        }
        return (result, undefined)
    }

    /// Replaces each `${NAME}`, and finds each `$<…>`.
    private static func resolveReferences(
        _ text: String,
        _ defines: [String: String],
        _ undefined: inout [UnknownValue]
    ) -> String {
        guard text.utf8.contains(dollar) else { return text }
        let bytes = Array(text.utf8)[...]
        var result: [UInt8] = []
        var index = bytes.startIndex
        // Text that opens expressions and never closes them is looked through once only.
        var mayHaveExpressions = true
        while index < bytes.endIndex {
            let reference = referenceEnd(in: bytes, from: index)
            var end = reference
            if end == nil, mayHaveExpressions, bytes[index...].starts(with: expressionStart) {
                end = expressionEnd(in: bytes, from: index)
                mayHaveExpressions = end != nil
            }
            guard let end else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let written = String(decoding: bytes[index..<end], as: UTF8.self)
            let name = reference.map { _ in String(written.dropFirst(2).dropLast()) }
            if let value = name.flatMap({ defines[$0] }) {
                result += Array(value.utf8)
            } else {
                result += bytes[index..<end]
                undefined.append(UnknownValue(text: written, name: name))
            }
            index = end
        }
        return String(decoding: result, as: UTF8.self)
    }
}

private let dollar = UInt8(ascii: "$")
private let expressionStart: [UInt8] = Array("$<".utf8)

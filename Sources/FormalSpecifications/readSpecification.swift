package import Diagnostics

/// Reads one EDL, CDL or IDL file as far as names go.
///
/// What is not known is skipped with a note. What cannot be right is an error, after which the
/// specification that is returned is not complete: what it does not list may still be there.
///
/// - Parameters:
///   - file: the path, whose ending tells the language.
///   - bytes: the contents, in any encoding that continues ASCII.
///   - diagnostics: receives everything found, in reading order.
/// - Returns: nil, with an error, where nothing is declared.
package func readSpecification(
    _ file: String,
    bytes: [UInt8],
    diagnostics: inout [Diagnostic]
) -> Specification? {
    let start = SourceLocation(file: file, line: 1, column: 1)
    guard let kind = SpecificationKind(path: file) else {
        let message = "`\(excerpt(Array(file.utf8)))` is no .edl, .cdl or .idl file"
        diagnostics.append(Diagnostic("unknown-specification", at: start, message))
        return nil
    }
    guard bytes.count <= SpecificationLimits.bytes else {
        let limit = "\(SpecificationLimits.bytes >> 20) MiB"
        let message = "the file is larger than \(limit)"
        diagnostics.append(Diagnostic("document-too-large", at: start, message))
        return nil
    }
    guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
        let hint = "save it as UTF-8"
        diagnostics.append(Diagnostic("not-utf8", at: start, "the file is UTF-16", hint: hint))
        return nil
    }
    var reader = SpecificationReader(kind: kind, bytes: bytes, file: file)
    let specification = reader.read()
    let breaches = specification?.namingFaults(file: file) ?? []
    diagnostics += (reader.allFaults + breaches.prefix(SpecificationLimits.faults)).inReadingOrder
    return specification
}

import Foundation

/// The ids that the sources give to diagnostics, found in their text.
///
/// Ids are literals where they are used. One that is put together, such as `"invalid-\(key)"`, is
/// taken as a pattern with `*`.
struct EmittedIDs {
    /// Id to the files that emit it, relative to the root of the project.
    private(set) var files: [String: Set<String>] = [:]
    /// Every literal that could be an id, whatever it is used for.
    private(set) var literals: Set<String> = []

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// Reads all sources but the catalogue itself.
    init() throws {
        let sources = Self.root.appending(path: "Sources")
        let paths =
            FileManager.default.enumerator(atPath: sources.path)?
            .compactMap { $0 as? String } ?? []
        for path in paths where path.hasSuffix(".swift") && !path.contains("FindingCatalog") {
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            read(text, file: "Sources/" + path)
        }
    }

    init(_ text: String, file: String) { read(text, file: file) }

    private mutating func read(_ text: String, file: String) {
        let code = text.split(separator: "\n").filter { !$0.isComment }.joined(separator: "\n")
        for match in code.matches(of: /"((?:[a-z0-9-]|\\\([A-Za-z.]+\))+)"/) {
            literals.insert(pattern(match.1))
        }
        var found: [String] = []
        for match in code.matches(of: /\bDiagnostic\(/) {
            found += ids(in: firstArgument(of: code[match.range.upperBound...]))
        }
        // The helpers of a target pass an id on: with a severity, a place, as `id`, or by a name.
        let passed = [
            #/"([a-z0-9]+(?:-[a-z0-9]+)+)"\s*,\s*(?:\.(?:error|warning|note)\b|at\b)/#,
            #/\b(?:id|[a-z]+ID)(?::|\s=)\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"/#,
            #/\b(?:add|report|stop|warn)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"\s*,/#,
        ]
        for form in passed { found += code.matches(of: form).map { String($0.1) } }
        for id in found { files[id, default: []].insert(file) }
    }

    /// The text up to the comma that ends the first argument, or to the bracket that ends the call.
    private func firstArgument(of text: Substring) -> Substring {
        var depth = 0
        var isQuoted = false
        var previous: Character = " "
        for index in text.indices {
            let character = text[index]
            if character == "\"", previous != "\\" { isQuoted.toggle() }
            if !isQuoted {
                if depth == 0, character == "," || character == ")" { return text[..<index] }
                if "([{".contains(character) { depth += 1 }
                if ")]}".contains(character) { depth -= 1 }
            }
            previous = character
        }
        return text
    }

    private func ids(in argument: Substring) -> [String] {
        argument.matches(of: /"((?:[a-z0-9-]|\\\([A-Za-z.]+\))+)"/).map { pattern($0.1) }
    }

    private func pattern(_ literal: Substring) -> String {
        String(literal.replacing(/\\\([A-Za-z.]+\)/, with: "*"))
    }

    /// Whether `id` stands in the sources, as a literal or by a pattern.
    func mention(_ id: String) -> Bool {
        literals.contains(id) || files.keys.contains { Self.matches(id, pattern: $0) }
    }

    /// The targets that emit `id`.
    func targets(_ id: String) -> Set<String> {
        var targets: Set<String> = []
        for (emitted, files) in files where Self.matches(id, pattern: emitted) {
            targets.formUnion(files.map { String($0.split(separator: "/")[1]) })
        }
        return targets
    }

    static func matches(_ id: String, pattern: String) -> Bool {
        guard let star = pattern.firstIndex(of: "*") else { return id == pattern }
        let rest = pattern[pattern.index(after: star)...]
        return id.hasPrefix(pattern[..<star]) && id.hasSuffix(rest)
            && id.count > pattern.count - 1
    }
}

extension Substring {
    fileprivate var isComment: Bool { drop { $0 == " " }.hasPrefix("//") }
}

import Diagnostics
import Foundation
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import TestSupport
import Testing

/// One wrong letter in a key or in the name of an operation never widens or narrows access silently.
@Suite struct `One wrong letter in a policy` {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "../..")
        .standardizedFileURL

    /// Every policy of the project, relative to its root.
    private static var policies: [String] {
        let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return (files ?? [])
            .filter { $0.hasPrefix("policies/") && $0.hasSuffix(".yaml") }
            .sorted()
            + (files ?? [])
            .filter { $0.hasPrefix("examples/") && $0.hasSuffix("/policy.yaml") }
            .sorted()
    }

    /// What the policies say; they include nothing else.
    private static let contents: [String: [UInt8]] = Dictionary(
        uniqueKeysWithValues: policies.compactMap { path in
            (try? Data(contentsOf: root.appending(path: path))).map { (path, Array($0)) }
        }
    )

    @Test func `the policies of the project are found and load`() throws {
        #expect(Self.policies.count >= 6)
        for path in Self.policies {
            let loaded = try load(path, text: text(of: path))
            #expect(loaded.policy != nil, "\(loaded.text)")
        }
    }

    @Test(arguments: policies)
    func `every wrong key and operation is an error in its line`(path: String) throws {
        let original = try text(of: path)
        let words = try keysAndOperations(path, original)
        #expect(words.count > 3)
        var random = SeededGenerator(seed: UInt64(words.count))
        var seen: Set<String> = []
        for word in words {
            // The first of its kind with every mutant; where it stands again, some of them.
            let all = mutants(of: word.text, &random)
            let isFirst = seen.insert(word.text).inserted
            for mutant in isFirst ? all : Array(all.shuffled(using: &random).prefix(2)) {
                let loaded = load(path, text: original.replacing(word, with: mutant))
                let isFound = loaded.diagnostics.contains {
                    $0.severity == .error && $0.place.file == path && $0.place.line == word.line
                }
                #expect(
                    loaded.policy == nil && isFound,
                    "\(path):\(word.line): `\(word.text)` as `\(mutant)`: \(loaded.text)"
                )
            }
        }
    }

    /// The policy in `path` with other contents, together with what a policy that is included needs.
    private func load(_ path: String, text: String) -> Loaded {
        let root = """
            policy: root
            include: [\(path)]
            groups: {name-server-users: [a]}
            rules: [{id: of-the-root, allow: cm.listen}]
            """
        let source = DocumentSource { file, _ in
            if file == "root.yaml" { return .success(Array(root.utf8)) }
            if file == path { return .success(Array(text.utf8)) }
            return Self.contents[file].map { .success($0) } ?? .failure(ReadFault("no such file"))
        }
        let isFragment = text.contains("\nrequires:") || text.contains("name-server-users:")
        return Loaded(source, isFragment && path.hasPrefix("policies/") ? ["root.yaml"] : [path])
    }

    private func text(of path: String) throws -> String {
        String(decoding: try #require(Self.contents[path]), as: UTF8.self)
    }
}

/// A word of a document with its place.
private struct Word {
    var text: String
    var line: Int
    var column: Int
}

/// Every key that the language defines, and every operation, where they stand in the document.
///
/// Names of groups are values, as identifiers are.
private func keysAndOperations(_ path: String, _ text: String) throws -> [Word] {
    var diagnostics: [Diagnostic] = []
    let tree = readYAML(Array(text.utf8), file: path, diagnostics: &diagnostics)
    let root = try #require(tree?.root)
    #expect(diagnostics.isEmpty)
    var words: [Word] = []
    func add(_ node: YAMLNode) {
        words.append(Word(text: node.text, line: node.place.line, column: node.place.column))
    }
    func addKeys(of node: YAMLNode) {
        for (key, value) in node.entries {
            add(key)
            if value.kind == .mapping { addKeys(of: value) }
        }
    }
    for (key, value) in root.entries {
        add(key)
        guard ["rules", "invariants"].contains(key.text) else { continue }
        for rule in value.items {
            addKeys(of: rule)
            for effect in rule.entries
            where ["allow", "deny", "never", "must"].contains(effect.key.text) {
                let operations = effect.value.kind == .scalar ? [effect.value] : effect.value.items
                for operation in operations { add(operation) }
            }
        }
    }
    return words
}

/// `word` with one letter left out, added or replaced, or two neighbours swapped, at each position.
private func mutants(of word: String, _ random: inout SeededGenerator) -> [String] {
    let letters = Array("abcdefghijklmnopqrstuvwxyzACENSX019-_.")
    let original = Array(word)
    var mutants: [[Character]] = []
    for position in original.indices {
        var shorter = original
        shorter.remove(at: position)
        var replaced = original
        replaced[position] = random.pick(letters)
        var longer = original
        longer.insert(random.pick(letters), at: position)
        var swapped = original
        swapped.swapAt(position, max(position - 1, 0))
        mutants += [shorter, replaced, longer, swapped]
    }
    mutants.append(original + [random.pick(letters)])
    return Set(mutants).map { String($0) }.filter { $0 != word }.sorted()
}

extension String {
    /// The document with another text in place of `word`.
    fileprivate func replacing(_ word: Word, with other: String) -> String {
        var place = unicodeScalars.startIndex
        for _ in 1..<word.line {
            guard let end = unicodeScalars[place...].firstIndex(of: "\n") else { break }
            place = unicodeScalars.index(after: end)
        }
        let start = unicodeScalars.index(place, offsetBy: word.column - 1)
        let end = unicodeScalars.index(start, offsetBy: word.text.unicodeScalars.count)
        return String(self[..<start]) + other + String(self[end...])
    }
}

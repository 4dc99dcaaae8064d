import Diagnostics
import LocatedYAML

/// The words that a suite may write as `$x`: its `names`, and the variables of a `for`.
struct Environment {
    /// By the bytes of the name: one `é` written in two ways is two names, but one String.
    private var values: [[UInt8]: String] = [:]

    /// The value of `$name`, or nil.
    subscript(name: String) -> String? {
        get { values[Array(name.utf8)] }
        set { values[Array(name.utf8)] = newValue }
    }

    var names: [String] { values.keys.map { String(decoding: $0, as: UTF8.self) }.sorted() }

    /// The text of a scalar with a variable in its place.
    ///
    /// - Returns: nil, and an error, where there is no value or no such variable.
    func text(
        _ node: YAMLNode,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> String? {
        guard let text = node.scalarText(what, &diagnostics) else { return nil }
        guard text.utf8.first == UInt8(ascii: "$") else { return text }
        if let value = self[String(text.dropFirst())] { return value }
        diagnostics.append(
            Diagnostic(
                "unknown-variable",
                at: node.place,
                "nothing is called `\(text)`",
                hint: Suggestion.didYouMean(text, among: names.map { "$\($0)" })
                    ?? "variables come from `names:` and from the `for:` of a test"
            )
        )
        return nil
    }

    /// The words that follow a `$` in `text`.
    static func variables(in text: String) -> Set<String> {
        Set(text.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map(word))
    }

    /// What may follow a `$` in the middle of a text, from the start of `text` on.
    private static func word(_ text: Substring) -> String {
        String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    }

    /// `text` with every `$variable` in it replaced, for the names of tests.
    func substituted(in text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            let name = Self.word(after)
            if let value = self[name] {
                result += value
            } else {
                result += "$" + name
            }
            rest = after.dropFirst(name.count)
        }
        return result + rest
    }
}

extension YAMLNode {
    /// Whether a key can be written as `$key`; otherwise an error.
    func isVariable(_ diagnostics: inout [Diagnostic]) -> Bool {
        guard text.isEmpty || text.hasPrefix("$") else { return true }
        diagnostics.append(.invalidVariable(text, at: place))
        return false
    }

    /// The name of a suite or a test, by which people find it.
    func title(_ what: String, _ diagnostics: inout [Diagnostic]) -> String? {
        guard let text = scalarText(what, &diagnostics) else { return nil }
        if text.isEmpty {
            diagnostics.append(Diagnostic("invalid-name", at: place, "\(what) is empty"))
        }
        return text
    }
}

extension Diagnostic {
    static func invalidVariable(_ text: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "invalid-variable",
            at: place,
            text.isEmpty ? "a variable has an empty name" : "`\(text)` starts with a `$`",
            hint: text.isEmpty
                ? nil : "the `$` is for where it is used; write `\(text.drop { $0 == "$" })` here"
        )
    }
}

extension FixedWidthInteger {
    /// A number that is written in digits alone, without a sign.
    init?(digits text: String) {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self.init(text)
    }
}

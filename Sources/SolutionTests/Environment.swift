import Diagnostics
import LocatedYAML

/// The words that a suite may write as `$x`: its `names`, and the variables of a `for`.
struct Environment {
    private var values: [String: String] = [:]

    /// The value of `$name`, or nil.
    subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    var names: [String] { values.keys.sorted() }

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
        if let value = values[String(text.dropFirst())] { return value }
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

    /// `text` with every `$variable` in it replaced, for the names of tests.
    func substituted(in text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            let name = after.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
            if let value = values[String(name)] {
                result += value
            } else {
                result += "$" + name
            }
            rest = after[name.endIndex...]
        }
        return result + rest
    }
}

import Diagnostics
import LocatedYAML
import SecurityEvents

/// One entry of a list of patterns: a pattern, or a group by name.
struct PatternItem {
    enum Content {
        case pattern(Pattern)
        case group(String)
    }

    var content: Content
    var place: SourceLocation
}

extension PatternItem {
    /// The item as it is written.
    var text: String {
        switch content {
        case .pattern(let pattern): pattern.text
        case .group(let name): "$\(name)"
        }
    }
}

extension Diagnostic {
    static func emptyList(_ node: YAMLNode, _ what: String, _ hint: String) -> Diagnostic {
        Diagnostic("empty-list", at: node.place, "\(what) is an empty list", hint: hint)
    }

    /// `node` defines, requires or uses a group that can have no such name.
    static func invalidGroupName(_ node: YAMLNode, isUse: Bool = false) -> Diagnostic {
        let hint: String
        if isUse {
            hint = "a group is used as `$` and its name: letters, digits, `.`, `_` or `-`"
        } else if node.bytes.first == UInt8(ascii: "$") {
            hint = "the `$` stands where the group is used"
        } else {
            hint = "1–100 letters, digits, `.`, `_` or `-`"
        }
        return Diagnostic(
            "invalid-id",
            at: node.place,
            "\(Excerpt.quoted(node.bytes)) is no name of a group",
            hint: hint
        )
    }
}

/// Reads a pattern or a list of patterns.
///
/// - Parameters:
///   - node: the pattern or the list.
///   - what: names the node in messages.
///   - isProcess: whether processes are meant, for which some words are reserved; not in a group,
///     which may be used for anything.
///   - diagnostics: takes an error for each pattern that is none.
/// - Returns: the patterns in the order of the document; nil where one is none.
func readPatternItems(
    _ node: YAMLNode,
    _ what: String,
    isProcess: Bool,
    _ diagnostics: inout [Diagnostic]
) -> [PatternItem]? {
    let nodes = node.kind == .sequence ? node.items : [node]
    var items: [PatternItem] = []
    for item in nodes where !diagnostics.isUnbearable {
        let what = node.kind == .sequence ? "an entry of \(what)" : what
        if item.kind == .mapping {
            diagnostics.append(notAPattern(item, what))
        } else if let text = item.scalarText(what, &diagnostics),
            let content = readPattern(item, text, what, isProcess: isProcess, &diagnostics)
        {
            items.append(PatternItem(content: content, place: item.place))
        }
    }
    return items.count == nodes.count ? items : nil
}

/// A mapping where a pattern belongs: what it was meant to say has another place.
private func notAPattern(_ node: YAMLNode, _ what: String) -> Diagnostic {
    let key = node.entries.first?.key.text
    let hint: String? =
        switch key {
        case "class": "`class` stands alone, for a process: {class: …}"
        case "not": "`not` stands outermost, for a process: {not: …}"
        default: nil
        }
    return Diagnostic(
        "wrong-type",
        at: node.place,
        "\(what) is \(node.kind.description), not a name or a pattern",
        hint: hint
    )
}

extension Diagnostic {
    /// An error where no process can be called `name`; otherwise nil.
    static func reservedName(_ name: String, at place: SourceLocation) -> Diagnostic? {
        reservedNames[name].map { hint in
            Diagnostic(
                "reserved-name",
                at: place,
                "`\(name)` is no name of a process",
                hint: hint
            )
        }
    }
}

/// What no process can be called, and what was likely meant.
private let reservedNames = [
    "self": "`self` stands alone, for `client` or `server`",
    "all": "leave the key out where any is meant",
    "none": "leave the rule out where nobody is meant",
]

private func readPattern(
    _ node: YAMLNode,
    _ text: String,
    _ what: String,
    isProcess: Bool,
    _ diagnostics: inout [Diagnostic]
) -> PatternItem.Content? {
    if node.bytes.first == UInt8(ascii: "$") {
        // Byte by byte: for String a `$` and an accent after it are one character.
        let name = String(decoding: node.bytes.dropFirst(), as: UTF8.self)
        if RuleID(name) != nil { return .group(name) }
        diagnostics.append(.invalidGroupName(node, isUse: true))
        return nil
    }
    if isProcess, let fault = Diagnostic.reservedName(text, at: node.place) {
        diagnostics.append(fault)
        return nil
    }
    do throws(PatternFault) {
        return .pattern(try Pattern(parsing: node.bytes))
    } catch {
        diagnostics.append(
            Diagnostic(
                "invalid-pattern",
                at: node.place,
                "\(text.isEmpty ? what : Excerpt.quoted(node.bytes)) \(error.message)",
                hint: error.hint
            )
        )
        return nil
    }
}

import Diagnostics
import LocatedYAML
import SecurityEvents

/// The groups of all files of a policy, and what they expand to.
struct GroupTable {
    struct Group {
        var place: SourceLocation
        var items: [PatternItem]
    }

    /// How many patterns the groups of a policy may expand to, all expansions added up.
    ///
    /// Groups of groups double with every step; this ends them in a message instead of in memory.
    static let expansionLimit = 4_000_000

    /// For how many unknown names a similar one is looked for.
    private static let suggestionLimit = 100

    private(set) var groups: [String: Group] = [:]
    private var expansions: [String: [NamedPattern]] = [:]
    private var expanded = 0
    private var isOverLimit = false
    private var suggestions = 0

    /// Adds a group; a `duplicate-group` error where the name is taken.
    mutating func define(_ name: String, _ group: Group, _ diagnostics: inout [Diagnostic]) {
        if let first = groups[name] {
            diagnostics.append(
                Diagnostic(
                    "duplicate-group",
                    at: group.place,
                    "the group `\(name)` is defined twice, first at \(first.place)"
                )
            )
        } else {
            groups[name] = group
        }
    }

    /// Reports a group that a document requires and nobody defines.
    ///
    /// It counts as empty from then on, so that its uses are not reported as well.
    mutating func require(
        _ name: String,
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) {
        guard groups[name] == nil else { return }
        diagnostics.append(
            Diagnostic(
                "required-group",
                at: place,
                "the group `\(name)` is required, and nobody defines it",
                hint: suggestion(name) ?? "the including document defines it under `groups:`"
            )
        )
        groups[name] = Group(place: place, items: [])
    }

    /// A group whose items are being looked through.
    private struct OpenGroup {
        var name: String
        var group: Group
        var next = 0
    }

    /// Expands every group and reports unknown groups in them and cycles; each once.
    ///
    /// The walk keeps its own stack: a chain of groups can be as long as the document. It looks at
    /// each item once.
    mutating func resolve(_ diagnostics: inout [Diagnostic]) {
        var isOpen: Set<String> = []
        for start in groups.keys.sorted() {
            var stack: [OpenGroup] = []
            open(start, &stack, &isOpen)
            while let top = stack.indices.last {
                if let item = stack[top].group.items.dropFirst(stack[top].next).first {
                    stack[top].next += 1
                    guard case .group(let name) = item.content else { continue }
                    if isOpen.contains(name) {
                        if diagnostics.isUnbearable { continue }
                        diagnostics.append(cycle(name, at: item.place))
                    } else {
                        open(name, &stack, &isOpen)
                    }
                } else {
                    let (name, group) = (stack[top].name, stack[top].group)
                    expansions[name] = expand(group.items, at: group.place, &diagnostics)
                    isOpen.remove(name)
                    stack.removeLast()
                }
            }
        }
    }

    private func open(_ name: String, _ stack: inout [OpenGroup], _ isOpen: inout Set<String>) {
        guard expansions[name] == nil, let group = groups[name] else { return }
        isOpen.insert(name)
        stack.append(OpenGroup(name: name, group: group))
    }

    private func cycle(_ name: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic("group-cycle", at: place, "the group `\(name)` contains itself")
    }

    /// The patterns that `items` stand for; reports unknown groups.
    mutating func expand(
        _ items: [PatternItem],
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) -> [NamedPattern] {
        var patterns: [NamedPattern] = []
        for item in items where !diagnostics.isUnbearable {
            switch item.content {
            case .pattern(let pattern):
                patterns.append(NamedPattern(pattern: pattern, place: item.place))
            case .group(let name):
                if let expansion = expansions[name] {
                    patterns += expansion
                    expanded += expansion.count
                } else if groups[name] == nil {
                    diagnostics.append(unknown(name, at: item.place))
                }
            }
            guard expanded <= Self.expansionLimit else {
                reportLimit(at: place, &diagnostics)
                return []
            }
        }
        return patterns
    }

    /// "Did you mean", for so many names as anybody reads: each is compared with all groups.
    private mutating func suggestion(_ name: String) -> String? {
        guard suggestions < Self.suggestionLimit else { return nil }
        suggestions += 1
        return Suggestion.didYouMean(name, among: groups.keys)
    }

    private mutating func unknown(_ name: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "unknown-group",
            at: place,
            "no group is called `\(name)`",
            hint: suggestion(name)
                ?? "define it under `groups:`, or say `requires: [\(name)]` and let the including "
                + "document define it"
        )
    }

    private mutating func reportLimit(
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) {
        guard !isOverLimit else { return }
        isOverLimit = true
        diagnostics.append(
            Diagnostic(
                "policy-too-large",
                at: place,
                "the groups of the policy expand to more than \(Self.expansionLimit) patterns"
            )
        )
    }
}

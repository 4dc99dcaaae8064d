import Diagnostics
import LocatedYAML
import SecurityEvents

/// The groups of all files of a policy, and what they expand to.
struct GroupTable {
    struct Group {
        var place: SourceLocation
        var items: [PatternItem]
    }

    /// How many patterns the groups of a policy may expand to, all expansions added up. Groups of
    /// groups double with every step; this ends them in a message instead of in memory.
    static let expansionLimit = 4_000_000

    private(set) var groups: [String: Group] = [:]
    private var expansions: [String: [NamedPattern]] = [:]
    private var expanded = 0
    private var isOverLimit = false

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

    func contains(_ name: String) -> Bool { groups[name] != nil }

    /// Expands every group and reports unknown groups in them and cycles; each once.
    ///
    /// The walk keeps its own stack: a chain of groups can be as long as the document.
    mutating func resolve(_ diagnostics: inout [Diagnostic]) {
        var isOpen: Set<String> = []
        for start in groups.keys.sorted() where expansions[start] == nil {
            var stack = [start]
            while let name = stack.last {
                guard expansions[name] == nil, let group = groups[name] else {
                    stack.removeLast()
                    continue
                }
                isOpen.insert(name)
                if let next = nextToExpand(group, isOpen, &diagnostics) {
                    stack.append(next)
                } else {
                    expansions[name] = expand(group.items, at: group.place, &diagnostics)
                    isOpen.remove(name)
                    stack.removeLast()
                }
            }
        }
    }

    /// A group that must be expanded before `group` can be; closes no cycle.
    private func nextToExpand(
        _ group: Group,
        _ isOpen: Set<String>,
        _ diagnostics: inout [Diagnostic]
    ) -> String? {
        for item in group.items {
            guard case .group(let name) = item.content, expansions[name] == nil,
                groups[name] != nil
            else { continue }
            guard isOpen.contains(name) else { return name }
            let cycle = Diagnostic(
                "group-cycle",
                at: item.place,
                "the group `\(name)` contains itself"
            )
            if !diagnostics.contains(cycle) { diagnostics.append(cycle) }
        }
        return nil
    }

    /// The patterns that `items` stand for; reports unknown groups.
    mutating func expand(
        _ items: [PatternItem],
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) -> [NamedPattern] {
        var patterns: [NamedPattern] = []
        for item in items {
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

    private func unknown(_ name: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "unknown-group",
            at: place,
            "no group is called `\(name)`",
            hint: Suggestion.didYouMean(name, among: groups.keys)
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

package import Diagnostics
package import SecurityEvents

/// A loaded policy: every document read, groups expanded, nothing left to fail.
///
/// The order of rules and the layout of files leave no trace: rules and invariants stand sorted by
/// identifier.
package struct Policy: Sendable {
    /// What the first document calls itself.
    package var name: String
    /// Sorted by identifier in byte order.
    package var rules: [Rule]
    /// Sorted by identifier in byte order.
    package var invariants: [Invariant]
    /// The distinct pattern sets of all conditions.
    package var sets: [PatternSet]
    /// Every literal and pattern as it stands in conditions and groups, with what it is compared
    /// to, for findings about names.
    package var mentions: [Mention]
    /// The files that the policy was read from, in the order of their reading.
    package var files: [String]

    /// A pattern written somewhere in a rule or an invariant, directly or through a group.
    package struct Mention: Hashable, Sendable {
        /// What the pattern is compared to.
        package enum Sort: Int, Hashable, Comparable, Sendable {
            case processName, className, interface, endpoint, connection

            package static func < (left: Self, right: Self) -> Bool {
                left.rawValue < right.rawValue
            }
        }

        package var pattern: Pattern
        package var sort: Sort
        /// Where the pattern is written: in the condition, or in the group that it comes from.
        package var place: SourceLocation
        /// Whether overlooking a name here makes the policy more permissive than it reads.
        package var failsOpen: Bool
    }
}

extension Policy.Mention: Comparable {
    /// The order of reading; at one place, as of a group that several rules use, what fails open first.
    package static func < (left: Self, right: Self) -> Bool {
        if left.place != right.place { return left.place < right.place }
        if left.sort != right.sort { return left.sort < right.sort }
        return left.failsOpen && !right.failsOpen
    }
}

extension Policy {
    /// Whether `condition` holds for `event`, evaluated the plain way.
    package func holds(_ condition: Condition, for event: SecurityEvent) -> Bool {
        let matches: Bool
        switch condition.subject {
        case .name(let set):
            matches = event.bytes(of: condition.field).map(sets[set.index].matches) ?? false
        case .className(let set):
            let process = event.processField(condition.field)
            matches = process.map { sets[set.index].matches($0.className.bytes) } ?? false
        case .caller:
            matches = event.processField(condition.field)?.name == event.process.name
        case .path(let path):
            matches = event.path == path
        }
        return matches != condition.isNegated
    }

    /// The canonical form: what the digest covers.
    ///
    /// Rules and invariants are sorted by identifier, groups expanded, lists sorted and without
    /// repeats; name, reasons, comments, places and file names are left out. Every part ends with a
    /// byte that no name can hold, so that no two policies share one.
    package var canonicalForm: [UInt8] {
        var form = CanonicalForm(sets: sets)
        form.line("kosbroker policy 1")
        for rule in rules {
            form.line(rule.effect.rawValue, rule.id.text)
            form.box(rule.operations, rule.conditions)
        }
        for invariant in invariants {
            form.line(invariant.kind.rawValue, invariant.id.text)
            form.box(invariant.operations, invariant.conditions)
        }
        return form.bytes
    }
}

private struct CanonicalForm {
    let sets: [PatternSet]
    var bytes: [UInt8] = []

    mutating func line(_ words: String...) {
        for word in words { part(word.utf8) }
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func box(_ operations: [Operation], _ conditions: [Condition]) {
        for operation in operations { part(operation.rawValue.utf8) }
        bytes.append(UInt8(ascii: "\n"))
        for condition in conditions { append(condition) }
    }

    private mutating func append(_ condition: Condition) {
        part(condition.field.rawValue.utf8)
        part((condition.isNegated ? "not" : "is").utf8)
        switch condition.subject {
        case .name(let set): patterns("name", set)
        case .className(let set): patterns("class", set)
        case .caller: part("self".utf8)
        case .path(let path):
            part("path".utf8)
            part(path.rawValue.utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func patterns(_ subject: String, _ set: PatternSet.ID) {
        part(subject.utf8)
        for pattern in sets[set.index].patterns {
            switch pattern {
            case .any: part("*".utf8)
            case .literal(let name):
                bytes.append(UInt8(ascii: "="))
                part(name)
            case .prefix(let prefix):
                bytes.append(UInt8(ascii: "^"))
                part(prefix)
            }
        }
    }

    /// Names hold no control characters, so that a tab ends each part unmistakably.
    private mutating func part(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "\t"))
    }
}

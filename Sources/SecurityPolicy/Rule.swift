package import Diagnostics
package import SecurityEvents

/// A condition of a rule or an invariant: what one field of the event must hold.
package struct Condition: Hashable, Sendable {
    /// What of the field is compared, and with what.
    package enum Subject: Hashable, Sendable {
        /// The name, or the value of a field that is no process, with a set of patterns.
        case name(PatternSet.ID)
        /// The class of a process with a set of patterns.
        case className(PatternSet.ID)
        /// The process with the caller, by name: `self`.
        case caller
        case path(NameServerPath)
    }

    package var field: EventField
    package var subject: Subject
    /// `{not: …}`: the condition holds where the subject does not match.
    package var isNegated: Bool
    /// How the condition is written, for people.
    package var text: String
    package var place: SourceLocation
}

/// A set of patterns with its groups expanded, sorted, without repeats.
///
/// A policy keeps a set once, however many rules use it. An empty set, from an empty group, matches
/// nothing.
package struct PatternSet: Hashable, Sendable {
    /// Its number in ``Policy/sets``.
    package struct ID: Hashable, Sendable {
        package var index: Int
    }

    package var patterns: [Pattern]

    package func matches(_ name: [UInt8]) -> Bool { patterns.contains { $0.matches(name) } }
}

/// A rule: which operations it allows or denies, under which conditions.
///
/// All conditions must hold; one that is not there means any.
package struct Rule: Hashable, Sendable {
    package var id: RuleID
    package var effect: Verdict
    /// In the order of declaration of ``Operation``, without repeats.
    package var operations: [Operation]
    /// One a field at most, in the order of ``EventField``.
    package var conditions: [Condition]
    package var why: String?
    package var place: SourceLocation
}

/// A statement about all events that a policy must keep; proved, not executed.
package struct Invariant: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// No event of the box may be allowed.
        case never
        /// Every event of the box is allowed.
        case must
    }

    package var id: RuleID
    package var kind: Kind
    package var operations: [Operation]
    package var conditions: [Condition]
    package var why: String?
    package var place: SourceLocation
}

/// What a group stands for, with the place of each name, for findings about names.
package struct NamedPattern: Hashable, Sendable {
    package var pattern: Pattern
    package var place: SourceLocation
}

package import Diagnostics
package import SecurityEvents

/// Something in a CMake template that stands alone on its line and becomes text of the description
/// only when the solution is built.
///
/// What it brings is never guessed: the reader blanks it out and keeps its place.
package struct TemplateMacro: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `@INIT_<program>_ENTITY_CONNECTIONS@`: channels to the system programs that the program
        /// is linked to use.
        case connections
        /// `@INIT_<program>_ENTITY_ARGS@`
        case arguments
        /// `@INIT_<program>_ENTITY_ENV@`
        case environment
        /// `@INIT_EXTERNAL_ENTITIES@`: the system programs themselves.
        case externalEntities
        /// `$<…>`, which CMake evaluates when it generates the build.
        case generatorExpression
        /// Any other `@NAME@` or `${NAME}`.
        case other
    }

    package let kind: Kind
    /// As it is written, such as `@INIT_Client_ENTITY_CONNECTIONS+@`.
    package let text: String
    /// The CMake target between `INIT_` and `_ENTITY_`.
    package let program: String?
    /// Whether it is the `+` form, which appends to a list written by hand.
    package let appends: Bool
    package let place: SourceLocation
    /// The process in whose description it stands, where it stands in one.
    package internal(set) var process: ProcessName?
    /// Where the entity begins in which it stands, where it stands in one.
    package internal(set) var entityPlace: SourceLocation?
    /// Whether it may bring processes, so that a target that nothing declares may yet be one.
    package internal(set) var mayBringProcesses: Bool

    /// Whether channels of ``process`` may come from it that are not known here.
    package var mayBringConnections: Bool {
        switch kind {
        case .connections, .generatorExpression, .other: process != nil
        case .arguments, .environment, .externalEntities: false
        }
    }

    /// Tells the kind of `text`, a macro with its delimiters.
    init(_ text: String, at place: SourceLocation) {
        self.text = text
        self.place = place
        let name = text.hasPrefix("@") ? String(text.dropFirst().dropLast()) : text
        appends = text.hasPrefix("@") && name.hasSuffix("+")
        let base = appends ? String(name.dropLast()) : name
        let ofProgram = Self.programSuffixes.lazy.compactMap { suffix, kind in
            Self.program(in: base, before: suffix).map { (kind, $0) }
        }.first
        program = ofProgram?.1
        if let ofProgram {
            kind = ofProgram.0
        } else if base == "INIT_EXTERNAL_ENTITIES" {
            kind = .externalEntities
        } else {
            kind = text.hasPrefix("$<") ? .generatorExpression : .other
        }
        process = nil
        mayBringProcesses = kind == .externalEntities
    }

    private static let programSuffixes: [(String, Kind)] = [
        ("_ENTITY_CONNECTIONS", .connections),
        ("_ENTITY_ARGS", .arguments),
        ("_ENTITY_ENV", .environment),
    ]

    private static func program(in name: String, before suffix: String) -> String? {
        guard name.hasPrefix("INIT_"), name.hasSuffix(suffix) else { return nil }
        let program = name.dropFirst("INIT_".count).dropLast(suffix.count)
        // In `INIT_ENTITY_ENV` the two overlap and no program is named.
        guard name.utf8.count > "INIT_".utf8.count + suffix.utf8.count else { return nil }
        return String(program)
    }
}

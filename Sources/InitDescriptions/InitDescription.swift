package import Diagnostics
package import SecurityEvents

/// A solution as its init description declares it: processes, and the static channels between them.
///
/// Everything keeps its place, so that whoever checks it against other documents can point at it.
package struct InitDescription: Sendable {
    /// The path as the user gave it.
    package let file: String
    /// The declared processes, in the order of the files; of several with one name, the first.
    package internal(set) var entities: [Entity]
    /// The macros that stand alone on their lines, in the order of the files.
    package internal(set) var macros: [TemplateMacro]
    /// Targets that nothing declares and that a macro may bring, in byte order.
    package internal(set) var assumedProcesses: [AssumedProcess] = []
    /// Whether all documents were read to their ends, so that what is not here is not there.
    package internal(set) var isComplete = false
    /// Whether something in the documents is an error, so that parts of them may be missing here.
    package internal(set) var hasErrors = false

    /// The first `@INIT_EXTERNAL_ENTITIES@`, where there is one.
    package var externalEntities: TemplateMacro? {
        macros.first { $0.kind == .externalEntities }
    }
}

extension InitDescription {
    /// The description without what a macro keeps unknown: names that nobody can put to a policy.
    package var knownPart: InitDescription {
        var known = self
        known.entities = entities.filter(\.isKnown).map { entity in
            var entity = entity
            entity.connections.removeAll { !$0.isTargetKnown || !$0.isIDKnown }
            return entity
        }
        known.assumedProcesses.removeAll { !$0.isKnown }
        return known
    }
}

/// A process of the solution.
package struct Entity: Hashable, Sendable {
    /// `name`: its class, the name of its EDL.
    package let className: ClassName
    /// `task`: its name, which defaults to the class.
    package let task: ProcessName
    /// `path`: its executable in ROMFS, which defaults to the short name of the class.
    package let path: String
    /// `args`, in order and without the name of the executable; macros stand as they are written.
    package let args: [String]
    /// `env`, in the order of the file; macros stand as they are written.
    package let env: [EnvironmentVariable]
    /// `connections`, then `cmake_generated_connections`, all as they are written.
    package internal(set) var connections: [Connection]
    /// Whether the entity says `dynamic_connection_manager: true`.
    package let isDynamicConnectionManager: Bool
    /// Whether ``className`` and ``task`` are what the build gives, and not macros without a value.
    package let isKnown: Bool
    package let places: Places

    /// Where the parts of an entity stand; what is left out stands nowhere.
    package struct Places: Hashable, Sendable {
        package let entity: SourceLocation
        package let name: SourceLocation
        package let task: SourceLocation?
        package let path: SourceLocation?
        package let args: SourceLocation?
        package let env: SourceLocation?
        package let connections: SourceLocation?

        /// Where the name of the process is written.
        package var process: SourceLocation { task ?? name }
    }

    /// The process as events carry it.
    package var identity: ProcessIdentity { ProcessIdentity(name: task, className: className) }
}

/// One `env` entry.
package struct EnvironmentVariable: Hashable, Sendable {
    package let key: String
    package let value: String
    /// Where the key stands.
    package let place: SourceLocation
}

/// A static channel as its client lists it.
package struct Connection: Hashable, Sendable {
    /// Who wrote the list that it is in.
    package enum Origin: Hashable, Sendable {
        /// `connections`
        case written
        /// `cmake_generated_connections`, which the build adds.
        case generated
    }

    /// `target`: the name of the server process.
    package let target: ProcessName
    /// `id`: the name of the channel; `var:M` for a C macro whose value is not known.
    package let id: ConnectionName
    /// The C macro that holds the name, where `id` is a mapping.
    package let idMacro: MacroReference?
    package let origin: Origin
    /// Whether ``target`` is what the build gives, and not a macro without a value.
    package let isTargetKnown: Bool
    /// Whether ``id`` is what the build gives, and not a macro without a value.
    package let isIDKnown: Bool
    package let places: Places

    /// An `id` of the form `{var: MACRO, include: header.h}`.
    package struct MacroReference: Hashable, Sendable {
        package let variable: String
        package let header: String?
        /// Whether the value was given, so that the id is the real name of the channel.
        package let isDefined: Bool
    }

    /// Where the parts of a connection stand.
    package struct Places: Hashable, Sendable {
        package let connection: SourceLocation
        package let target: SourceLocation
        package let id: SourceLocation
    }
}

/// A process that a macro may bring: its class is its name, and nothing is known of its channels.
package struct AssumedProcess: Hashable, Sendable {
    package let name: ProcessName
    /// The first connection that leads there.
    package let place: SourceLocation
    /// Whether ``name`` is what the build gives, and not a macro without a value.
    package let isKnown: Bool

    /// The process as events carry it.
    package var identity: ProcessIdentity { ProcessIdentity(undeclared: name) }
}

import Diagnostics
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import TestSupport

/// What loading a policy gives, and every diagnostic.
struct Loaded {
    var policy: Policy?
    var diagnostics: [Diagnostic] = []

    /// Loads `paths` of `documents`.
    init(_ documents: [String: String], _ paths: [String]) {
        self.init(.inMemory(documents), paths)
    }

    /// Loads `paths` of `source`.
    init(_ source: DocumentSource, _ paths: [String]) {
        policy = loadPolicy(paths, from: source, diagnostics: &diagnostics)
    }

    /// Loads one document.
    init(_ text: String) {
        self.init(["policy.yaml": text], ["policy.yaml"])
    }

    /// The ids of the diagnostics, with their severity where it is not an error.
    var ids: [String] {
        diagnostics.map { $0.severity == .error ? $0.id : "\($0.severity): \($0.id)" }
    }

    /// `line:column id` of each diagnostic.
    var places: [String] {
        diagnostics.map { "\($0.place.line):\($0.place.column) \($0.id)" }
    }

    /// The diagnostics as people read them.
    var text: String { diagnostics.map { $0.text + "\n" }.joined() }
}

extension ProcessIdentity {
    /// A process of a test; its class is its name unless said otherwise.
    init(_ name: String, class className: String? = nil) throws {
        self.init(
            name: try ProcessName(name),
            className: try ClassName(className ?? name)
        )
    }
}

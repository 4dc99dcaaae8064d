/// The three languages of formal specifications; a file's ending tells which one it is.
package enum SpecificationKind: String, Hashable, Sendable, CaseIterable {
    /// An `.edl` file, which describes a process class.
    case processClass = "edl"
    /// A `.cdl` file, which describes a component.
    case component = "cdl"
    /// An `.idl` file, which describes a package and its interface.
    case package = "idl"

    /// The kind of the file at `path`; nil where it is no specification.
    package init?(path: String) {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        self.init(rawValue: String(path[path.index(after: dot)...]))
    }

    /// A file of this kind, for messages.
    var fileName: String {
        switch self {
        case .processClass: "an EDL file"
        case .component: "a CDL file"
        case .package: "an IDL file"
        }
    }

    /// What the declaration of the name begins with, as a user is to write it.
    var heading: String {
        switch self {
        case .processClass: "`entity NAME` or `task class NAME`"
        case .component: "`component NAME`"
        case .package: "`package NAME`"
        }
    }

    /// The first words of ``heading``.
    var headingKeywords: [String] {
        switch self {
        case .processClass: ["entity", "task"]
        case .component: ["component"]
        case .package: ["package"]
        }
    }

    /// The words that begin what may follow the declaration of the name.
    var partKeywords: [String] {
        switch self {
        case .processClass, .component: ["endpoints", "interfaces", "components", "security"]
        case .package: ["interface", "import", "typedef", "const", "struct", "union", "error"]
        }
    }
}

/// The limits on specifications, so that a hostile one can do no harm.
package enum SpecificationLimits {
    /// The largest file in bytes.
    package static let bytes = 64 << 20
    /// How deep blocks may nest in a file, and components in a class.
    package static let depth = 64
    /// How many endpoints, component instances and methods a file may list.
    package static let names = 65_536
    /// How many endpoints and component instances all classes together may have.
    ///
    /// A component counts as often as it is embedded, so that doubling embeddings stop here.
    package static let members = 100_000
    /// After so many faults a file is read no further.
    package static let faults = 100
}

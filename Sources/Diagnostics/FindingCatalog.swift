/// What can be found in documents: every id that a ``Diagnostic`` has, with its title.
///
/// The sources write ids as literals, where they are used; a test holds this list to them and to the
/// pages in `docs/findings`.
package enum FindingCatalog {
    /// A kind of finding.
    package struct Finding: Hashable, Sendable {
        package let id: String
        /// What it is, in a sentence without a full stop.
        package let title: String
        package let area: Area
    }

    /// What a finding is about, and so when it is looked for.
    package enum Area: String, CaseIterable, Sendable {
        case yaml = "YAML"
        case document = "Every document"
        case initDescription = "Init descriptions"
        case policy = "Policies"
        case suite = "Suites"
        /// Needs a folder of EDL, CDL and IDL files.
        case specification = "Formal specifications"
        /// Needs an init description and a policy.
        case solution = "A solution and its policy"
        /// Needs an approved table of who may talk to whom.
        case approval = "The approved table"
        case suppression = "Suppressions"
    }

    /// All findings, by id.
    package static let all: [Finding] =
        Area.allCases
        .flatMap { area in
            titles(area).map { Finding(id: $0.key, title: $0.value, area: area) }
        }
        .sorted { $0.id < $1.id }

    private static let byID = Dictionary(
        all.map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// Every id that there is.
    package static let ids = Set(byID.keys)

    /// The finding called `id`; nil where there is none.
    package static subscript(id: String) -> Finding? { byID[id] }

    /// Errors that no comment takes away; see ``Diagnostic/canBeSuppressed``.
    static let unsuppressible: Set<String> = Set(titles(.yaml).map(\.key)).union(["unreadable"])

    private static func titles(_ area: Area) -> KeyValuePairs<String, String> {
        switch area {
        case .yaml: yaml
        case .document: document
        case .initDescription: initDescription
        case .policy: policy
        case .suite: suite
        case .specification: specification
        case .solution: solution
        case .approval: approval
        case .suppression: suppression
        }
    }
}

extension FindingCatalog.Finding {
    /// The page about it, from the root of the project.
    package var page: String { "docs/findings/\(id).md" }

    /// Where to read on, and how to live with it.
    package var help: String {
        let read = "\(page) says why it matters and how to mend it."
        guard hasLine, !FindingCatalog.unsuppressible.contains(id) else { return read }
        return read + " On its line, `# kosbroker:ignore \(id) REASON` suppresses it."
    }

    /// Whether it stands on a line of a document where a comment could suppress it.
    private var hasLine: Bool { area != .suppression && area != .approval }
}

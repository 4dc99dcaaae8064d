import BrokerCore
import Diagnostics
import LocatedYAML
import SecurityEvents

/// The frame of a suite: where its documents are, and its parts as nodes that are read when the init
/// description is known.
struct SuiteFrame {
    struct Reference {
        var path: String
        var place: SourceLocation
    }

    var file: String
    var place: SourceLocation
    /// Which keys the document has, whatever they hold.
    var keys: Set<String>
    var name = ""
    var initDescription: Reference?
    var policies: [Reference] = []
    var fragments: [Reference] = []
    var defines: [String: String] = [:]
    var nameServer: (choice: NameServerChoice, place: SourceLocation)?
    var strangers: [(name: ProcessName, place: SourceLocation)] = []
    var environment = Environment()
    var limits = Limits()
    var setup: YAMLNode?
    var tests: [YAMLNode] = []
    var matrices: [YAMLNode] = []
}

extension SuiteFrame {
    /// Takes the document apart and reports every fault of its frame.
    init?(_ root: YAMLNode, file: String, _ diagnostics: inout [Diagnostic]) {
        guard var reader = MappingReader(root, "a suite", &diagnostics) else { return nil }
        self.init(file: file, place: root.place, keys: Set(root.entries.map(\.key.text)))
        name =
            reader.required("suite", &diagnostics)?.title("`suite`", &diagnostics) ?? ""
        readNames(reader.optional("names"), &diagnostics)
        initDescription = reader.optional("init")
            .flatMap { reference($0, "`init`", &diagnostics) }
        policies = references(reader.optional("policy"), "`policy`", &diagnostics)
        fragments = references(reader.optional("processes"), "`processes`", &diagnostics)
        defines = texts(reader.optional("defines"), "`defines`", &diagnostics)
        readNameServer(reader.optional("name-server"), &diagnostics)
        for node in list(reader.optional("strangers"), "`strangers`", &diagnostics) {
            readStranger(node, &diagnostics)
        }
        if let node = reader.optional("limits") { readLimits(node, &diagnostics) }
        setup = reader.optional("setup")
        tests = list(reader.optional("tests"), "`tests`", &diagnostics)
        matrices = list(reader.optional("matrix"), "`matrix`", &diagnostics)
        reader.finish(&diagnostics)
    }

    private func reference(
        _ node: YAMLNode,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> Reference? {
        node.scalarText(what, &diagnostics).map {
            Reference(path: DocumentSource.resolve($0, relativeTo: file), place: node.place)
        }
    }

    private func references(
        _ node: YAMLNode?,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [Reference] {
        guard let node else { return [] }
        let items = node.kind == .scalar ? [node] : list(node, what, &diagnostics)
        return items.compactMap { reference($0, what, &diagnostics) }
    }

    private func list(
        _ node: YAMLNode?,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [YAMLNode] {
        guard let node, node.expect(.sequence, what, &diagnostics) else { return [] }
        if node.items.isEmpty {
            diagnostics.append(
                Diagnostic(
                    "empty-list",
                    at: node.place,
                    "\(what) is an empty list",
                    hint: "leave the key out"
                )
            )
        }
        return node.items
    }

    private func texts(
        _ node: YAMLNode?,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [String: String] {
        guard let node, node.expect(.mapping, what, &diagnostics) else { return [:] }
        var texts: [String: String] = [:]
        for (key, value) in node.entries {
            texts[key.text] = value.scalarText("`\(key.text)`", &diagnostics)
        }
        return texts
    }

    private mutating func readNames(_ node: YAMLNode?, _ diagnostics: inout [Diagnostic]) {
        guard let node, node.expect(.mapping, "`names`", &diagnostics) else { return }
        for (key, value) in node.entries where key.isVariable(&diagnostics) {
            environment[key.text] = value.scalarText("`\(key.text)`", &diagnostics)
        }
    }

    private mutating func readNameServer(_ node: YAMLNode?, _ diagnostics: inout [Diagnostic]) {
        guard let node, let text = environment.text(node, "`name-server`", &diagnostics) else {
            return
        }
        do throws(NameFault) {
            nameServer = (try NameServerChoice(text), node.place)
        } catch {
            diagnostics.append(
                Diagnostic("invalid-name", at: node.place, "`name-server` \(error)")
            )
        }
    }

    private mutating func readStranger(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        guard let text = environment.text(node, "a stranger", &diagnostics) else { return }
        do throws(NameFault) {
            strangers.append((try ProcessName(text), node.place))
        } catch {
            diagnostics.append(Diagnostic("invalid-name", at: node.place, "a stranger \(error)"))
        }
    }

    private mutating func readLimits(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        guard var reader = MappingReader(node, "`limits`", &diagnostics) else { return }
        for (name, limit) in Limits.settable {
            guard let value = reader.optional(name.rawValue),
                let text = environment.text(value, "`\(name.rawValue)`", &diagnostics)
            else { continue }
            if let number = UInt32(digits: text), number <= 1_000_000 {
                limits[keyPath: limit] = Int(number)
            } else {
                diagnostics.append(
                    Diagnostic(
                        "invalid-number",
                        at: value.place,
                        "a limit is a whole number from 0 to 1000000, not `\(text)`"
                    )
                )
            }
        }
        reader.finish(&diagnostics)
    }
}

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
    var name = ""
    var initDescription: Reference?
    var policies: [Reference] = []
    var fragments: [Reference] = []
    var defines: [String: String] = [:]
    /// `name-server:` a name, or `none`.
    var nameServer: String?
    var strangers: [String] = []
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
        self.init(file: file, place: root.place)
        name =
            reader.required("suite", &diagnostics)?.scalarText("`suite`", &diagnostics) ?? ""
        initDescription = references(reader.optional("init"), "`init`", &diagnostics).first
        policies = references(reader.optional("policy"), "`policy`", &diagnostics)
        fragments = references(reader.optional("processes"), "`processes`", &diagnostics)
        defines = texts(reader.optional("defines"), "`defines`", &diagnostics)
        nameServer = reader.text("name-server", &diagnostics)
        strangers = list(reader.optional("strangers"), "`strangers`", &diagnostics)
            .compactMap { $0.scalarText("a stranger", &diagnostics) }
        for (name, value) in texts(reader.optional("names"), "`names`", &diagnostics) {
            environment[name] = value
        }
        if let node = reader.optional("limits") { readLimits(node, &diagnostics) }
        setup = reader.optional("setup")
        tests = list(reader.optional("tests"), "`tests`", &diagnostics)
        matrices = list(reader.optional("matrix"), "`matrix`", &diagnostics)
        reader.finish(&diagnostics)
    }

    private func references(
        _ node: YAMLNode?,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [Reference] {
        guard let node else { return [] }
        let items = node.kind == .scalar ? [node] : list(node, what, &diagnostics)
        return items.compactMap { item in
            item.scalarText(what, &diagnostics).map {
                Reference(
                    path: DocumentSource.resolve($0, relativeTo: file),
                    place: item.place
                )
            }
        }
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

    private mutating func readLimits(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        guard var reader = MappingReader(node, "`limits`", &diagnostics) else { return }
        for name in LimitName.allCases {
            guard let value = reader.optional(name.rawValue),
                let text = environment.text(value, "`\(name.rawValue)`", &diagnostics)
            else { continue }
            if let number = Int(text), (0...1_000_000).contains(number) {
                limits[name] = number
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

/// Reads the tests and matrices of a suite, when it is known which processes there are.
struct SuiteReader {
    let frame: SuiteFrame
    let known: KnownNames
    /// Who `callers: all` are: every process that is there, and one that nobody declared.
    let everyone: [ProcessName]

    /// The suite, or nil and errors.
    func suite(_ diagnostics: inout [Diagnostic]) -> Suite {
        var steps = StepReader(environment: frame.environment, known: known)
        let setup = frame.setup.map { steps.steps($0, "`setup`", &diagnostics) } ?? []
        var tests: [SuiteTest] = []
        for node in frame.tests where !diagnostics.isUnbearable {
            tests += readTests(node, steps, &diagnostics)
        }
        reportRepeatedNames(tests, &diagnostics)
        let matrices = frame.matrices.enumerated().compactMap { index, node in
            MatrixReader(steps: steps, everyone: everyone)
                .matrix(node, number: index + 1, &diagnostics)
        }
        return Suite(
            file: frame.file,
            name: frame.name,
            setup: setup,
            tests: tests,
            matrices: matrices,
            limits: frame.limits
        )
    }

    private func reportRepeatedNames(_ tests: [SuiteTest], _ diagnostics: inout [Diagnostic]) {
        var places: [String: SourceLocation] = [:]
        for test in tests {
            if let first = places[test.name] {
                diagnostics.append(
                    Diagnostic(
                        "duplicate-test",
                        at: test.place,
                        "two tests are called `\(test.name)`, the first at \(first)"
                    )
                )
            }
            places[test.name] = places[test.name] ?? test.place
        }
    }

    private func readTests(
        _ node: YAMLNode,
        _ steps: StepReader,
        _ diagnostics: inout [Diagnostic]
    ) -> [SuiteTest] {
        guard var reader = MappingReader(node, "a test", &diagnostics) else { return [] }
        let nameNode = reader.required("name", &diagnostics)
        let name = nameNode?.scalarText("`name`", &diagnostics) ?? ""
        let repetitions = readRepetitions(reader.optional("for"), steps.environment, &diagnostics)
        var tests: [SuiteTest] = []
        if let body = reader.required("steps", &diagnostics) {
            for environment in repetitions where !diagnostics.isUnbearable {
                var reader = steps
                reader.environment = environment.environment
                var title = environment.environment.substituted(in: name)
                if title == name, !environment.label.isEmpty { title += " (\(environment.label))" }
                let read = reader.steps(body, "`steps`", &diagnostics)
                tests.append(SuiteTest(name: title, place: node.place, steps: read))
            }
        }
        reader.finish(&diagnostics)
        return tests
    }

    /// How many times one test may be repeated.
    private static let repetitionLimit = 10_000

    private func readRepetitions(
        _ node: YAMLNode?,
        _ environment: Environment,
        _ diagnostics: inout [Diagnostic]
    ) -> [(environment: Environment, label: String)] {
        guard let node, node.expect(.mapping, "`for`", &diagnostics) else {
            return [(environment, "")]
        }
        var repetitions = [(environment: environment, label: "")]
        for (key, list) in node.entries where list.expect(.sequence, "`\(key.text)`", &diagnostics)
        {
            if environment[key.text] != nil {
                diagnostics.append(
                    Diagnostic(
                        "conflicting-names",
                        at: key.place,
                        "`$\(key.text)` is a name of `names:` already"
                    )
                )
            }
            let values = list.items.compactMap {
                environment.text($0, "`\(key.text)`", &diagnostics)
            }
            if values.isEmpty {
                diagnostics.append(
                    Diagnostic("empty-list", at: list.place, "`\(key.text)` is an empty list")
                )
                continue
            }
            guard repetitions.count * values.count <= Self.repetitionLimit else {
                diagnostics.append(
                    Diagnostic(
                        "too-many-tests",
                        at: node.place,
                        "`for` repeats a test more than \(Self.repetitionLimit) times"
                    )
                )
                return [(environment, "")]
            }
            repetitions = repetitions.flatMap { repetition in
                values.map { value in
                    var next = repetition
                    next.environment[key.text] = value
                    next.label += (next.label.isEmpty ? "" : ", ") + "\(key.text): \(value)"
                    return next
                }
            }
        }
        return repetitions
    }
}

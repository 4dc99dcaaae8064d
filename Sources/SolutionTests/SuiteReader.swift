import Diagnostics
import LocatedYAML
import SecurityEvents

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
        let matrices = frame.matrices.enumerated().compactMap { index, node in
            MatrixReader(steps: steps, everyone: everyone)
                .matrix(node, number: index + 1, &diagnostics)
        }
        reportRepeatedNames("tests", tests.map { ($0.name, $0.place) }, &diagnostics)
        reportRepeatedNames("matrices", matrices.map { ($0.name, $0.place) }, &diagnostics)
        return Suite(
            file: frame.file,
            name: frame.name,
            setup: setup,
            tests: tests,
            matrices: matrices,
            limits: frame.limits
        )
    }

    private func reportRepeatedNames(
        _ what: String,
        _ points: [(name: String, place: SourceLocation)],
        _ diagnostics: inout [Diagnostic]
    ) {
        // By bytes: one `é` written in two ways is two names, but one String.
        var places: [[UInt8]: SourceLocation] = [:]
        // A name that is missing has been reported.
        for (name, place) in points where !name.isEmpty {
            let key = Array(name.utf8)
            if let first = places[key] {
                diagnostics.append(
                    Diagnostic(
                        "duplicate-name",
                        at: place,
                        "two \(what) are called `\(name)`"
                            + (first == place ? "" : ", the first at \(first)"),
                        hint: first == place ? "the `for:` repeats a value" : nil
                    )
                )
            }
            places[key] = places[key] ?? place
        }
    }

    private func readTests(
        _ node: YAMLNode,
        _ steps: StepReader,
        _ diagnostics: inout [Diagnostic]
    ) -> [SuiteTest] {
        guard var reader = MappingReader(node, "a test", &diagnostics) else { return [] }
        let name = reader.required("name", &diagnostics)?.title("`name`", &diagnostics) ?? ""
        let repetitions = readRepetitions(reader.optional("for"), steps, &diagnostics)
        var tests: [SuiteTest] = []
        if let body = reader.required("steps", &diagnostics) {
            for repetition in repetitions where !diagnostics.isUnbearable {
                var reader = steps
                reader.environment = repetition.environment
                let read = reader.steps(body, "`steps`", &diagnostics)
                tests.append(
                    SuiteTest(name: repetition.title(of: name), place: node.place, steps: read)
                )
            }
        }
        reader.finish(&diagnostics)
        return tests
    }
}

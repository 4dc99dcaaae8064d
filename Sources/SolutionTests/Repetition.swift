import Diagnostics
import LocatedYAML
import SecurityEvents

/// One run of a test that `for` repeats: a value for each of its variables.
struct Repetition {
    var environment: Environment
    /// The variables of `for` and their values, in the order of the file.
    var values: [(variable: String, value: String)] = []

    /// The title of this run.
    ///
    /// A title that does not mention a variable gets its value at the end, so
    /// that no two runs are called the same.
    func title(of name: String) -> String {
        let mentioned = Environment.variables(in: name)
        let rest = values.filter { !mentioned.contains($0.variable) }
            .map { "\($0.variable): \($0.value)" }
        let title = environment.substituted(in: name)
        return rest.isEmpty ? title : "\(title) (\(rest.joined(separator: ", ")))"
    }
}

extension SuiteReader {
    /// How many times one test may be repeated.
    private static let repetitionLimit = 10_000

    /// The runs of a test: one for each choice of values, or just one without `for`.
    func readRepetitions(
        _ node: YAMLNode?,
        _ steps: StepReader,
        _ diagnostics: inout [Diagnostic]
    ) -> [Repetition] {
        let once = Repetition(environment: steps.environment)
        guard let node, node.expect(.mapping, "`for`", &diagnostics) else { return [once] }
        if node.entries.isEmpty {
            diagnostics.append(
                Diagnostic(
                    "empty-list",
                    at: node.place,
                    "`for` names no variable",
                    hint: "leave the key out"
                )
            )
        }
        var repetitions = [once]
        for (key, list) in node.entries {
            let values = readValues(key, list, steps, &diagnostics)
            guard repetitions.count * values.count <= Self.repetitionLimit else {
                diagnostics.append(
                    Diagnostic(
                        "too-many-tests",
                        at: node.place,
                        "`for` repeats a test more than \(Self.repetitionLimit) times"
                    )
                )
                return [once]
            }
            // A variable without values has been reported; the steps are still read once.
            guard !values.isEmpty else { continue }
            repetitions = repetitions.flatMap { repetition in
                values.map { value in
                    var next = repetition
                    next.environment[key.text] = value
                    next.values.append((key.text, value))
                    return next
                }
            }
        }
        return repetitions
    }

    private func readValues(
        _ key: YAMLNode,
        _ list: YAMLNode,
        _ steps: StepReader,
        _ diagnostics: inout [Diagnostic]
    ) -> [String] {
        guard key.isVariable(&diagnostics) else { return [] }
        let taken =
            steps.environment[key.text] != nil
            ? "a name of `names:`"
            : steps.saved.contains(key.text) ? "saved by a step of `setup:`" : nil
        if let taken {
            diagnostics.append(
                Diagnostic("conflicting-names", at: key.place, "`$\(key.text)` is \(taken) already")
            )
        }
        guard list.expect(.sequence, "`\(key.text)`", &diagnostics) else { return [] }
        if list.items.isEmpty {
            diagnostics.append(
                Diagnostic("empty-list", at: list.place, "`\(key.text)` is an empty list")
            )
        }
        return list.items.compactMap {
            steps.environment.text($0, "`\(key.text)`", &diagnostics)
        }
    }
}

package import Diagnostics
package import SecurityEvents

/// What came of a suite.
package struct SuiteResult: Sendable {
    package var file: String
    package var name: String
    package var policy: PolicyLabel
    /// What had to be assumed about the solution.
    package var assumptions: [String]
    /// What Einit was refused at the start.
    package var refusals: [String]
    package var points: [PointResult]
    /// Whether the suite has neither test nor matrix.
    package var isEmpty: Bool
    package var coverage: Coverage?
    package var candidateDifferences: [CandidateDifference]

    package var failed: Int { points.count { !$0.passed } }
}

/// What came of one test or one matrix: a point of the report.
package struct PointResult: Sendable {
    package enum Kind: Hashable, Sendable {
        case test(steps: Int)
        case matrix(cells: Int)
    }

    package var name: String
    package var place: SourceLocation
    package var kind: Kind
    package var failures: [StepFailure]
    /// The records of the test, where they were to be kept.
    package var records: [AuditRecord]

    package var passed: Bool { failures.isEmpty }
}

/// A step, or a cell of a matrix, that did not go as expected.
package struct StepFailure: Sendable {
    package var place: SourceLocation
    package var step: String
    package var expected: String
    package var came: String
    package var event: SecurityEvent?
    package var explanation: Explanation?
    /// What else helps: a misuse, where the expected rule differs.
    package var notes: [String]
}

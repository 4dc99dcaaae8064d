package import Diagnostics
import SecurityEvents

/// What is suspicious in a description though einit takes it: the findings that a check reports
/// beside what was found when the description was read.
///
/// None depends on a guess: what a macro may bring is not known, and neither is a name that holds a
/// macro without a value. Of a description that was not read to its end nothing is said.
///
/// - Parameter description: as
///   ``inspectInitDescription(_:source:fragments:defines:diagnostics:)`` returns it.
/// - Returns: warnings and notes, in reading order; of a kind no more than anybody reads.
package func findings(in description: InitDescription) -> [Diagnostic] {
    guard description.isComplete else { return [] }
    let findings =
        nameFindings(in: description.entities)
        + reservedChannelFindings(in: description.entities)
        + macroFindings(in: description)
        + continuationFindings(in: description)
        + isolationFindings(in: description)
    return findings.inReadingOrder
}

package import Diagnostics
package import LocatedYAML
import SecurityEvents

/// Reads and links the specifications of a solution.
///
/// A file that is faulty keeps its place in the index as far as it could be read: what it declares
/// is known, and nothing of it is said to be absent.
///
/// - Parameters:
///   - files: paths and contents. Where two declare the same, the first in this order counts.
///   - diagnostics: receives every fault of all files.
/// - Returns: the linked view of all that could be read.
package func loadSpecifications(
    _ files: some Sequence<(path: String, bytes: [UInt8])>,
    diagnostics: inout [Diagnostic]
) -> SpecificationIndex {
    var collection = SpecificationCollection()
    for file in files { collection.read(file.path, bytes: file.bytes) }
    return collection.link(&diagnostics)
}

/// Reads and links the specifications at `paths`, of which one at a time is in memory.
///
/// - Parameters:
///   - paths: the files. Where two declare the same, the first in this order counts.
///   - source: reads the files.
///   - diagnostics: receives every fault of all files.
/// - Returns: the linked view of all that could be read.
package func loadSpecifications(
    _ paths: [String],
    source: DocumentSource,
    diagnostics: inout [Diagnostic]
) -> SpecificationIndex {
    var collection = SpecificationCollection()
    for path in paths {
        switch source.read(path, SpecificationLimits.bytes) {
        case .success(let bytes): collection.read(path, bytes: bytes)
        case .failure(let fault): collection.reportUnreadable(path, fault)
        }
    }
    return collection.link(&diagnostics)
}

/// What has been read so far, by what it declares.
private struct SpecificationCollection {
    private var classes: [ClassName: Specification] = [:]
    private var components: [ComponentName: Specification] = [:]
    private var packages: [InterfaceName: Specification] = [:]
    /// All of these in the order of their files.
    private var inOrder: [Specification] = []
    private var diagnostics: [Diagnostic] = []

    mutating func read(_ path: String, bytes: [UInt8]) {
        guard let specification = readSpecification(path, bytes: bytes, diagnostics: &diagnostics)
        else { return }
        let name = specification.name.value
        let first: Specification? =
            switch specification.kind {
            case .processClass: classes.add(specification, as: .init(sameBytesAs: name))
            case .component: components.add(specification, as: .init(sameBytesAs: name))
            case .package: packages.add(specification, as: .init(sameBytesAs: name))
            }
        if let first {
            reportDuplicate(specification, of: first)
        } else {
            inOrder.append(specification)
        }
    }

    mutating func reportUnreadable(_ path: String, _ fault: ReadFault) {
        let place = SourceLocation(file: path, line: 1, column: 1)
        let message = "`\(path)` cannot be read: \(fault.message)"
        diagnostics.append(Diagnostic("unreadable", at: place, message))
    }

    private mutating func reportDuplicate(_ second: Specification, of first: Specification) {
        // Builds copy specifications beside each other; only a copy that differs misleads.
        let isCopy = second.saysTheSame(as: first)
        let what = isCopy ? "says the same as" : "is not used; the first is"
        diagnostics.append(
            Diagnostic(
                "duplicate-specification",
                isCopy ? .note : .warning,
                at: second.name.place,
                "this `\(excerpt(second.name.value.bytes))` \(what) \(first.name.place)"
            )
        )
    }

    private mutating func reportTooManyMembers(_ specification: Specification) {
        let message =
            "the classes up to this one have more than \(SpecificationLimits.members) endpoints and "
            + "component instances"
        let place = specification.name.place
        diagnostics.append(Diagnostic("too-many-members", at: place, message))
    }

    /// Links all that was read; this is the last that is done with it.
    mutating func link(_ diagnostics: inout [Diagnostic]) -> SpecificationIndex {
        var budget = SpecificationLimits.members
        let processClasses = inOrder.filter { $0.kind == .processClass }.map { specification in
            var expansion = ClassExpansion(specification, components: components, budget: budget)
            let processClass = expansion.expand()
            if expansion.budget < 0, budget >= 0 { reportTooManyMembers(specification) }
            budget = expansion.budget
            return processClass
        }
        let order = inOrder.filter { $0.kind == .component }
            .map { ComponentName(sameBytesAs: $0.name.value) }
        self.diagnostics += ComponentCycles.find(among: components, order: order)
        diagnostics += bearable(self.diagnostics.inReadingOrder)
        return SpecificationIndex(
            classes: processClasses,
            components: components,
            packages: packages,
            mentionedInterfaces: Set(inOrder.flatMap(\.mentionedInterfaces))
        )
    }

    /// As many faults as anybody reads, and how many there are besides.
    private func bearable(_ all: [Diagnostic]) -> [Diagnostic] {
        guard all.count > [Diagnostic].bearable else { return all }
        let shown = all.prefix([Diagnostic].bearable)
        let rest = all[shown.endIndex...]
        let message = "and \(rest.count) more faults"
        return shown + [Diagnostic("too-many-faults", at: rest[rest.startIndex].place, message)]
    }
}

extension Dictionary where Value == Specification {
    /// Adds a specification under a name that is not taken.
    ///
    /// - Returns: what has the name already.
    fileprivate mutating func add(_ specification: Specification, as name: Key) -> Specification? {
        if let first = self[name] { return first }
        self[name] = specification
        return nil
    }
}

extension Specification {
    /// The interfaces that it declares or names.
    fileprivate var mentionedInterfaces: [InterfaceName] {
        interfaces.map(\.name.value) + endpoints.map(\.interface.value)
            + (security.map { [$0.value] } ?? [])
    }
}

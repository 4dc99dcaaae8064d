import Diagnostics
import SecurityEvents

// What the manual says of names. No build depends on it here, so that a breach is a warning.
extension Specification {
    /// Breaches of the naming rules by the specification at the path `file`.
    func namingFaults(file: String) -> [Diagnostic] {
        var faults = fileNameFaults(file)
        let short = shortName
        if !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(short.first ?? 0) {
            let message =
                "the short name `\(excerpt(short))` does not start with an uppercase letter"
            faults.append(breach(at: name.place, message))
        }
        if short.contains(UInt8(ascii: "_")) {
            faults.append(breach(at: name.place, underscore("short name", short)))
        }
        for endpoint in endpoints where endpoint.name.value.bytes.contains(UInt8(ascii: "_")) {
            let message = underscore("endpoint", endpoint.name.value.bytes[...])
            faults.append(breach(at: endpoint.name.place, message))
        }
        for instance in instances where instance.name.value.bytes.contains(UInt8(ascii: "_")) {
            let message = underscore("component instance", instance.name.value.bytes[...])
            faults.append(breach(at: instance.name.place, message))
        }
        return faults
    }

    /// A name is the path of its file, of which only the last part is known here.
    private func fileNameFaults(_ file: String) -> [Diagnostic] {
        let last = file.utf8.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
        let expected = Array(shortName) + Array(".\(kind.rawValue)".utf8)
        guard last != expected else { return [] }
        return [
            Diagnostic(
                "specification-name",
                .warning,
                at: name.place,
                "`\(excerpt(name.value.bytes))` is declared in `\(excerpt(last))`",
                hint: "call the file `\(excerpt(expected))`, or change the name"
            )
        ]
    }

    private var shortName: ArraySlice<UInt8> {
        name.value.bytes.split(separator: UInt8(ascii: ".")).last ?? []
    }

    private func underscore(_ what: String, _ name: ArraySlice<UInt8>) -> String {
        "the \(what) `\(excerpt(name))` has an underscore"
    }

    private func breach(at place: SourceLocation, _ message: String) -> Diagnostic {
        Diagnostic("specification-name", .warning, at: place, message)
    }
}

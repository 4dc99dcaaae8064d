import BrokerCore
import Diagnostics
import LocatedYAML
import SecurityEvents

/// What a `do:` step can name: the calls of the API that a suite can make.
enum CallName: String, CaseIterable {
    case nsCreate = "ns.create"
    case publish = "ns.publish"
    case unpublish = "ns.unpublish"
    case enumerate = "ns.enumerate"
    case connect = "cm.connect"
    case listen = "cm.listen"
    case accept = "cm.accept"
    case drop = "cm.drop"
    case close = "handle.close"
    case createListener = "handle.create-listener"
}

extension StepReader {
    /// Reads the arguments of a call, in the order of the C prototype, and what is expected of it.
    mutating func call(
        _ node: YAMLNode,
        _ reader: inout MappingReader,
        _ diagnostics: inout [Diagnostic]
    ) -> Step.Action? {
        let caller = reader.required("as", &diagnostics)
            .flatMap { process($0, "`as`", &diagnostics) }
        guard let text = environment.text(node, "`do`", &diagnostics) else { return nil }
        guard let call = CallName(rawValue: text) else {
            diagnostics.append(unknownCall(text, at: node.place))
            return nil
        }
        let request = request(call, &reader, &diagnostics)
        let expectation = expectation(
            reader.optional("expect"),
            at: node.place,
            of: .call(call),
            &diagnostics
        )
        let save = reader.optional("save").flatMap { readSave($0, &diagnostics) }
        guard let caller, let request, let expectation else { return nil }
        let step = CallStep(
            process: caller,
            request: request,
            expectation: expectation,
            save: save
        )
        return .call(step)
    }

    private func unknownCall(_ text: String, at place: SourceLocation) -> Diagnostic {
        guard Operation(rawValue: text) != nil else {
            return .unknownOperation(text, at: place, among: CallName.allCases.map(\.rawValue))
        }
        return Diagnostic(
            Diagnostic.unknownOperationID,
            at: place,
            "no process calls `\(text)`",
            hint: "ask for the decision alone with `decide: \(text)`"
                + (text == Operation.execute.rawValue ? ", or start a process with `start:`" : "")
        )
    }

    /// Reads `save`: a name, which later steps write with a `$`.
    private mutating func readSave(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> String? {
        guard let name = node.scalarText("`save`", &diagnostics), node.isVariable(&diagnostics)
        else { return nil }
        if environment[name] != nil {
            diagnostics.append(
                Diagnostic(
                    "conflicting-names",
                    at: node.place,
                    "`$\(name)` is a name of `names:` or `for:` already"
                )
            )
        }
        guard RuleID(name) != nil else {
            diagnostics.append(
                Diagnostic(
                    "invalid-variable",
                    at: node.place,
                    "`\(name)` is no name to save under",
                    hint: "1–100 letters, digits, `.`, `_` or `-`"
                )
            )
            return nil
        }
        saved.insert(name)
        return name
    }

    private func request(
        _ call: CallName,
        _ reader: inout MappingReader,
        _ diagnostics: inout [Diagnostic]
    ) -> RequestTemplate? {
        var arguments = Arguments(reader: reader, steps: self)
        defer { reader = arguments.reader }
        switch call {
        case .nsCreate:
            let name = arguments.process("name", isNeeded: false, &diagnostics)
            return .fixed(.nsCreate(name: name, timeout: arguments.timeout(&diagnostics)))
        case .publish, .unpublish:
            let ns = arguments.handle("ns", default: .onlyConnection, &diagnostics)
            let interface = arguments.bytes("interface", &diagnostics) ?? []
            let server = arguments.process("server", isNeeded: false, &diagnostics)
            let endpoint = arguments.bytes("endpoint", &diagnostics) ?? []
            return call == .publish
                ? .publish(ns: ns, interface: interface, server: server, endpoint: endpoint)
                : .unpublish(ns: ns, interface: interface, server: server, endpoint: endpoint)
        case .enumerate:
            return .enumerate(
                ns: arguments.handle("ns", default: .onlyConnection, &diagnostics),
                interface: arguments.bytes("interface", &diagnostics) ?? [],
                index: arguments.number("index", default: 0, &diagnostics),
                serverSize: arguments.number("server-size", default: 1024, &diagnostics),
                endpointSize: arguments.number("endpoint-size", default: 1024, &diagnostics)
            )
        case .connect:
            let server = arguments.process("server", isNeeded: true, &diagnostics)
            let endpoint = arguments.bytes("endpoint", &diagnostics)
            let timeout = arguments.timeout(&diagnostics)
            return .fixed(.connect(server: server, endpoint: endpoint, timeout: timeout))
        case .listen:
            let filter = arguments.bytes("filter", isNeeded: false, &diagnostics)
            return .fixed(.listen(filter: filter, timeout: arguments.timeout(&diagnostics)))
        case .accept:
            let none = HandleReference.literal(.invalid)
            return .accept(
                client: arguments.process("client", isNeeded: true, &diagnostics) ?? [],
                endpoint: arguments.bytes("endpoint", &diagnostics) ?? [],
                riid: RIID(rawValue: arguments.number("riid", default: 0, &diagnostics)),
                listener: arguments.handle("listener", default: none, &diagnostics)
            )
        case .drop:
            let client = arguments.process("client", isNeeded: true, &diagnostics)
            let endpoint = arguments.bytes("endpoint", &diagnostics)
            return .fixed(.drop(client: client, endpoint: endpoint))
        case .close: return .close(arguments.handle("handle", default: nil, &diagnostics))
        case .createListener: return .fixed(.createListener)
        }
    }
}

/// Reads the arguments of one call.
private struct Arguments {
    var reader: MappingReader
    let steps: StepReader

    /// A name that the broker judges, so that suites can pass bad ones.
    mutating func bytes(
        _ key: String,
        isNeeded: Bool = true,
        _ diagnostics: inout [Diagnostic]
    ) -> [UInt8]? {
        let node = isNeeded ? reader.required(key, &diagnostics) : reader.optional(key)
        return node.flatMap { steps.environment.text($0, "`\(key)`", &diagnostics) }
            .map { Array($0.utf8) }
    }

    /// The name of a process.
    ///
    /// A malformed one is the broker's to judge, a well-formed one must be known.
    mutating func process(
        _ key: String,
        isNeeded: Bool,
        _ diagnostics: inout [Diagnostic]
    ) -> [UInt8]? {
        guard let bytes = bytes(key, isNeeded: isNeeded, &diagnostics) else { return nil }
        if let name = try? ProcessName(bytes), let node = reader.optional(key) {
            if key == "name" {
                steps.known.checkNameServer(name, at: node.place, &diagnostics)
            } else {
                steps.known.check(name, at: node.place, &diagnostics)
            }
        }
        return bytes
    }

    mutating func number(
        _ key: String,
        default value: UInt32,
        _ diagnostics: inout [Diagnostic]
    ) -> UInt32 {
        guard let node = reader.optional(key) else { return value }
        return steps.number(node, "`\(key)`", UInt32.self, &diagnostics) ?? value
    }

    mutating func timeout(_ diagnostics: inout [Diagnostic]) -> Timeout {
        guard let node = reader.optional("timeout"),
            let text = steps.environment.text(node, "`timeout`", &diagnostics), text != "infinite"
        else { return .infinite }
        if let number = UInt32(digits: text), number < Timeout.infiniteValue {
            return .milliseconds(number)
        }
        diagnostics.append(
            Diagnostic(
                "invalid-number",
                at: node.place,
                "`timeout` is `infinite` or milliseconds from 0 to \(Timeout.infiniteValue - 1), "
                    + "not `\(text)`"
            )
        )
        return .infinite
    }

    /// A handle; `value` is what is meant when the key is left out, nil where it must be there.
    mutating func handle(
        _ key: String,
        default value: HandleReference?,
        _ diagnostics: inout [Diagnostic]
    ) -> HandleReference {
        let none = HandleReference.literal(.invalid)
        let node = value == nil ? reader.required(key, &diagnostics) : reader.optional(key)
        guard let node else { return value ?? none }
        guard let text = node.scalarText("`\(key)`", &diagnostics) else { return none }
        if text.hasPrefix("$") {
            let name = String(text.dropFirst())
            if steps.saved.contains(name) { return .saved(name) }
            guard let constant = steps.environment[name] else {
                diagnostics.append(steps.notSaved(name, at: node.place))
                return none
            }
            return literal(constant, key, node, &diagnostics)
        }
        return literal(text, key, node, &diagnostics)
    }

    private func literal(
        _ text: String,
        _ key: String,
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> HandleReference {
        if text == "invalid" { return .literal(.invalid) }
        if let number = UInt32(digits: text) {
            return .literal(Handle(rawValue: number))
        }
        diagnostics.append(
            Diagnostic(
                "invalid-handle",
                at: node.place,
                "`\(key)` is `$name` of a saved handle, or a number, not `\(text)`",
                hint: steps.saved.contains(text) ? "write `$\(text)`" : nil
            )
        )
        return .literal(.invalid)
    }
}

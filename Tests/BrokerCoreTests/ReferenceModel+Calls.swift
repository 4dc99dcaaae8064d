import BrokerCore
import SecurityEvents

/// The operations, each as design.md and semantics.md tell it.
extension ReferenceModel {
    /// What a call gives; nil if it waits.
    mutating func result(
        of request: Request,
        by caller: ProcessName
    ) throws(Stop) -> Outputs? {
        switch request {
        case .nsCreate(let name, _):
            return try create(name, caller)
        case .publish(let ns, let interface, let server, let endpoint):
            return try publish(ns, interface, server, endpoint, caller)
        case .unpublish(let ns, let interface, let server, let endpoint):
            return try unpublish(ns, interface, server, endpoint, caller)
        case .enumerate(let ns, let interface, let index, let serverSize, let endpointSize):
            return try enumerate(ns, interface, index, serverSize, endpointSize, caller)
        case .connect(let server, let endpoint, let timeout):
            return try connect(server, endpoint, timeout, caller)
        case .listen(let filter, let timeout):
            return try listen(filter, timeout, caller)
        case .accept(let client, let endpoint, let riid, let listener):
            return try accept(client, endpoint, riid, listener, caller)
        case .drop(let client, let endpoint):
            return try drop(client, endpoint, caller)
        case .close(let handle):
            return try close(handle, caller)
        case .createListener:
            try checkHandles(caller)
            return .handle(takeHandle(caller, .listener([])))
        case .handleConnect:
            throw .code(.unimplemented)
        case .nullOutput:
            throw .misuse("a pointer for an output is null", .invalidArgument)
        case .serviceLocatorConnect(let channel):
            return try locate(channel, caller)
        case .serviceLocatorRegister(let channel):
            return try register(channel, caller)
        }
    }

    func name<Role>(_ bytes: [UInt8]?, _ argument: String) throws(Stop) -> Name<Role> {
        guard let bytes else { throw .misuse("\(argument) is null", .invalidArgument) }
        var fault: String?
        if bytes.isEmpty {
            fault = "is empty"
        } else if bytes.count > 1023 {
            fault = "is longer than 1023 bytes"
        } else if String(validating: bytes, as: UTF8.self) == nil {
            fault = "is not valid UTF-8"
        } else if String(decoding: bytes, as: UTF8.self).unicodeScalars.contains(where: {
            $0.properties.generalCategory == .control
        }) {
            fault = "has a control character"
        }
        if let fault { throw .misuse("\(argument) \(fault)", .invalidArgument) }
        guard let name = try? Name<Role>(bytes) else {
            throw .misuse("\(argument) is a name here and none there", .internalError)
        }
        return name
    }

    func kind(
        _ handle: Handle,
        _ argument: String,
        _ owner: ProcessName
    ) throws(Stop) -> Kind {
        guard let found = held.first(where: { $0.handle == handle && $0.owner == owner }) else {
            throw .misuse("\(argument) is not a handle of this process", .invalidArgument)
        }
        return found.kind
    }

    func checkHandles(_ name: ProcessName) throws(Stop) {
        let open = held.filter {
            if case .connection = $0.kind { return false }
            return $0.owner == name
        }
        let reserved = waiting.filter { $0.process == name && $0.server != nil }
        if open.count + reserved.count >= limits.handles || freeNumbers() == 0 {
            throw .limit(.handles)
        }
    }

    func checkConnections(_ name: ProcessName) throws(Stop) {
        let open = held.filter {
            if case .connection = $0.kind { return $0.owner == name }
            return false
        }
        if open.count >= limits.connections || freeNumbers() == 0 { throw .limit(.connections) }
    }

    func checkWaiting(_ name: ProcessName) throws(Stop) {
        if waiting.filter({ $0.process == name }).count >= limits.waiting { throw .limit(.waiting) }
    }

    mutating func wait(_ caller: ProcessName, _ timeout: Timeout, server: ProcessName?) {
        guard let call, let last = decided.last else { return }
        var deadline: Instant?
        if case .milliseconds(let milliseconds) = timeout {
            deadline = now.advanced(byMilliseconds: UInt64(milliseconds))
        }
        waiting.append(
            Waiting(
                call: call,
                process: caller,
                event: last.event,
                decision: last.decision,
                deadline: deadline,
                server: server
            )
        )
        if server != nil { queue.append(call) }
    }
}

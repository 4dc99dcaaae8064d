package import JSONText

extension JSONWriter {
    /// Writes an event's members, under the keys and in the order of the audit record.
    package mutating func members(of event: SecurityEvent) {
        member("operation", event.operation.rawValue)
        process("process", "class", event.process)
        process("target", "targetClass", event.target)
        process("client", "clientClass", event.client)
        process("server", "serverClass", event.server)
        member("connection", utf8: event.connection?.bytes)
        member("path", event.path?.rawValue)
        member("interface", utf8: event.interface?.bytes)
        member("endpoint", utf8: event.endpoint?.bytes)
        member("riid", event.riid?.rawValue)
        member("index", event.index)
    }

    private mutating func process(
        _ name: StaticString,
        _ className: StaticString,
        _ process: ProcessIdentity?
    ) {
        member(name, utf8: process?.name.bytes)
        member(className, utf8: process?.className.bytes)
    }
}

package import BrokerCore
import Diagnostics
import JSONText
package import SecurityEvents

/// A question about one event, as the command line puts it: every field as text.
package struct ExplainQuery: Sendable {
    package var operation: Operation
    package var process: String
    /// The class of the caller, where it is not the declared one.
    package var className: String?
    package var fields: [EventField: String] = [:]

    package init(_ operation: Operation, process: String) {
        self.operation = operation
        self.process = process
    }
}

/// Why a question cannot be asked.
package struct QueryFault: Error, Hashable, Sendable {
    package var message: String
}

extension ExplainQuery {
    /// The events of the call: one, or two where `NsCreate` takes the dynamic path, which is an
    /// attempt to connect as well.
    ///
    /// - Parameter solution: who has which class and which static channels; nil where it is not known.
    /// - Returns: the call's own event first.
    /// - Throws: what is wrong with the question.
    package func events(in solution: Solution?) throws(QueryFault) -> [SecurityEvent] {
        for field in fields.keys.sorted(by: { $0.rawValue < $1.rawValue })
        where !operation.carries(field) {
            let carried = operation.fields.map { "--\($0.rawValue)" }.joined(separator: ", ")
            throw QueryFault(
                message: "`\(operation.rawValue)` carries no `\(field.rawValue)`; "
                    + "it goes with \(carried)"
            )
        }
        let classes = KnownNames(solution)
        func identity(_ field: EventField) throws(QueryFault) -> ProcessIdentity? {
            guard let text = fields[field] else { return nil }
            return classes.identity(try Self.name(text, "--\(field.rawValue)"))
        }
        let name: ProcessName = try Self.name(process, "--as")
        var caller = classes.identity(name)
        if let className {
            caller = ProcessIdentity(name: name, className: try Self.name(className, "--as-class"))
        }
        var event = SecurityEvent(operation, by: caller)
        event.target = try identity(.target)
        event.client = try identity(.client)
        event.server = try identity(.server)
        event.connection = try fields[.connection].map { (text) throws(QueryFault) in
            try Self.name(text, "--connection")
        }
        event.interface = try fields[.interface].map { (text) throws(QueryFault) in
            try Self.name(text, "--interface")
        }
        event.endpoint = try fields[.endpoint].map { (text) throws(QueryFault) in
            try Self.name(text, "--endpoint")
        }
        event.path = try path()
        complete(&event, solution)
        try checkWhole(event)
        guard operation == .nsCreate, event.path == .dynamic else { return [event] }
        let connect = SecurityEvent(
            .connect,
            by: caller,
            client: caller,
            server: event.server,
            endpoint: .nameServer
        )
        return [event, connect]
    }

    private func checkWhole(_ event: SecurityEvent) throws(QueryFault) {
        let missing = operation.fields.filter { event.bytes(of: $0) == nil }
        if !missing.isEmpty {
            let fields = missing.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            let options = missing.map { "--\($0.rawValue)" }.joined(separator: ", ")
            let otherwise = missing == [.path] ? ", or --init to look for a static channel" : ""
            throw QueryFault(
                message: "`\(operation.rawValue)` carries \(fields): give \(options)\(otherwise)"
            )
        }
        if let side = event.strangeSide {
            throw QueryFault(
                message: "the \(side.field.rawValue) of `\(operation.rawValue)` is its caller, "
                    + "`\(event.process.name)`, not `\(side.process.name)`"
            )
        }
    }

    /// What the question names and the solution does not have, a sentence each.
    package func unknownNames(in solution: Solution) -> [String] {
        let known = KnownNames(solution)
        let asked = [process] + EventField.allCases.filter(\.isProcess).compactMap { fields[$0] }
        var seen: Set<String> = []
        func isKnown(_ name: [UInt8]) -> Bool {
            known.isKnown(name) || operation == .nsCreate && known.isConnection(name)
        }
        return asked.filter { seen.insert($0).inserted && !isKnown(Array($0.utf8)) }.map {
            "the init description declares no process `\($0)`"
                + (known.suggestion(for: $0).map { "; \($0)" } ?? "")
        }
    }

    private static func name<Role>(
        _ text: String,
        _ what: String
    ) throws(QueryFault) -> Name<Role> {
        do throws(NameFault) {
            return try Name(text)
        } catch {
            throw QueryFault(message: "\(what) \(error)")
        }
    }

    private func path() throws(QueryFault) -> NameServerPath? {
        guard let text = fields[.path] else { return nil }
        if let path = NameServerPath(rawValue: text) { return path }
        throw QueryFault(message: "--path is `static` or `dynamic`, not `\(text)`")
    }

    /// Fills in what follows from the rest: the caller's own side, the name server, its path.
    private func complete(_ event: inout SecurityEvent, _ solution: Solution?) {
        switch operation {
        case .nsCreate:
            event.client = event.client ?? event.process
            event.server = event.server ?? .nameServer
            guard let solution, let server = event.server else { return }
            let channel = solution.channels.first {
                $0.client == event.process.name && $0.connection.bytes == server.name.bytes
            }
            event.path = event.path ?? (channel == nil ? .dynamic : .static)
            if event.path == .static, let channel {
                let classes = KnownNames(solution)
                event.server = classes.identity(channel.server)
            }
        case .publish, .unpublish, .listen, .accept, .drop:
            event.server = event.server ?? event.process
        case .connect: event.client = event.client ?? event.process
        case .execute, .initConnect, .enumerate: break
        }
    }
}

/// What was found about the events of one call: the answer is the first denial, else the call's own.
package struct CallExplanation: Sendable {
    package var parts: [(event: SecurityEvent, explanation: Explanation)]

    /// Asks the engine about each event.
    package init(_ events: [SecurityEvent], by engine: inout any PolicyEngine) {
        parts = []
        for event in events { parts.append((event, engine.explain(event))) }
    }

    package var answer: (event: SecurityEvent, explanation: Explanation) {
        parts.first { $0.explanation.decision.verdict == .deny } ?? parts[0]
    }
}

extension CallExplanation {
    /// The answer for people.
    package func text(policy: PolicyLabel) -> String {
        var lines: [String] = []
        let answer = answer
        let place = answer.explanation.place.map { " (\($0))" } ?? ""
        lines.append(answer.explanation.decision.text + place)
        for part in parts {
            let isAnswer = part.event == answer.event
            let note = isAnswer || parts.count == 1 ? "" : ": \(part.explanation.decision.text)"
            lines.append("  \(part.event.summary)\(note)")
        }
        lines.append("  policy \(policy.name), digest \(policy.digest)")
        let others = answer.explanation.matches.filter {
            $0.rule != answer.explanation.decision.cause.rule
        }
        if !others.isEmpty {
            let names = others.map { "\($0.rule) (\($0.effect.rawValue))" }
            lines.append("  also matched by \(names.joined(separator: ", "))")
        }
        lines += (answer.explanation.nearMiss?.lines ?? []).map { "  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The answer as one JSON object; where the call is two events, `decisions` has both.
    package func json(policy: PolicyLabel) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.members(of: answer.event)
        json.members(of: answer.explanation)
        json.member("policy", policy.name)
        json.member("digest", policy.digest.description)
        if parts.count > 1 {
            json.key("decisions")
            json.beginArray()
            for part in parts {
                json.beginObject()
                json.members(of: part.event)
                json.members(of: part.explanation)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        json.newline()
        return json.text
    }
}

import Diagnostics
import InitDescriptions
package import JSONText
import SecurityEvents
import SolutionTests

extension PolicyTable {
    /// How many pairs are listed for people; JSON has them all.
    private static let shownPairs = 200

    /// The table for people, a line each.
    package var lines: [String] {
        var lines: [String] = []
        func list(_ title: String, _ rows: [Declared]) {
            if !rows.isEmpty { lines.append("  \(title):") }
            for row in rows {
                lines.append("    \(row.subject): \(row.explanation.decision.text)")
                if row.explanation.decision.verdict == .deny {
                    lines += (row.explanation.nearMiss?.lines ?? []).map { "      \($0)" }
                }
            }
        }
        list("processes that Einit starts", declared.filter { $0.event.operation == .execute })
        list("static channels", declared.filter { $0.event.operation == .initConnect })
        if !nameServerUsers.isEmpty {
            lines.append("  who gets to the name server:")
            lines += nameServerUsers.map {
                "    \($0.process), \($0.way): \($0.explanation.decision.text)"
            }
        }
        let undeclared = pairs.filter { !$0.isDeclared }
        if !undeclared.isEmpty {
            lines.append("  may connect at run time, though nothing declares it:")
            lines += undeclared.prefix(Self.shownPairs).map { "    \($0.line)" }
            let more = undeclared.count - Self.shownPairs
            if more > 0 { lines.append("    and \(more) more; --format json has them all") }
        }
        return lines
    }
}

extension PolicyTable.Declared {
    /// The process or the channel, without Einit, which acts in all of them.
    fileprivate var subject: String {
        guard let client = event.client, let server = event.server, let id = event.connection else {
            return event.target.map(Self.text) ?? event.summary
        }
        return "\(client.name) -> \(server.name) as \(id)"
    }

    private static func text(_ process: ProcessIdentity) -> String {
        process.name.bytes == process.className.bytes
            ? "\(process.name)" : "\(process.name) (class \(process.className))"
    }
}

extension PolicyTable.NameServerUser {
    /// How the process gets there.
    fileprivate var way: String {
        if !isCertain, !hasNameServer || path == .dynamic {
            return "\(path.rawValue) path unless the build brings another"
        }
        return hasNameServer ? "\(path.rawValue) path" : "no name server there"
    }
}

extension PolicyTable.Pair {
    fileprivate var line: String {
        let what =
            endpoints == "*"
            ? "any endpoint"
            : endpoints.hasSuffix("*") ? "endpoints \(endpoints)" : "endpoint \(endpoint)"
        return "\(client) -> \(server), \(what), by rule \(rule)"
    }
}

extension JSONWriter {
    /// The table as one object.
    package mutating func value(_ table: PolicyTable) {
        beginObject()
        key("declared")
        beginArray()
        for row in table.declared {
            beginObject()
            members(of: row.event)
            members(of: row.explanation)
            key("declaredAt")
            value(row.place)
            endObject()
        }
        endArray()
        key("nameServerUsers")
        beginArray()
        for user in table.nameServerUsers {
            beginObject()
            member("process", user.process.description)
            member("path", user.path.rawValue)
            key("hasNameServer")
            value(user.hasNameServer)
            key("certain")
            value(user.isCertain)
            members(of: user.explanation)
            endObject()
        }
        endArray()
        key("pairs")
        beginArray()
        for pair in table.pairs {
            beginObject()
            member("client", pair.client.description)
            member("server", pair.server.description)
            member("endpoint", pair.endpoint.description)
            member("rule", pair.rule.text)
            key("declared")
            value(pair.isDeclared)
            endObject()
        }
        endArray()
        endObject()
    }

    /// Start order and static channels of a description.
    package mutating func members(orderOf checked: CheckedDescription) {
        key("assumed")
        beginArray()
        for assumption in checked.description.assumptions { value(assumption) }
        endArray()
        key("startOrder")
        beginArray()
        for entity in checked.description.startOrder { value(entity.task.description) }
        endArray()
        key("channels")
        beginArray()
        for channel in checked.description.channelsInCreationOrder {
            beginObject()
            member("client", channel.client.description)
            member("server", channel.server.description)
            member("connection", channel.id.description)
            endObject()
        }
        endArray()
    }
}

extension CheckedDescription {
    /// Start order and static channels for people, a line each.
    package var orderLines: [String] {
        var lines = ["  start order:"]
        for (index, entity) in description.startOrder.enumerated() {
            lines.append("    \(index + 1). \(entity.task)")
        }
        lines.append("  static channels, in the order in which they are made:")
        for channel in description.channelsInCreationOrder {
            lines.append("    \(channel.client) -> \(channel.server) as \(channel.id)")
        }
        return lines
    }
}

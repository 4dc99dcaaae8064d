import Diagnostics
import InitDescriptions
package import JSONText
import SecurityEvents
import SolutionTests

extension PolicyTable {
    /// The table for people, a line each.
    package var lines: [String] {
        var lines = ["  declared:"]
        for row in declared {
            let verdict = row.explanation.decision.text
            lines.append("    \(row.event.summary): \(verdict)")
            if row.explanation.decision.verdict == .deny {
                lines += (row.explanation.nearMiss?.lines ?? []).map { "      \($0)" }
            }
        }
        if !nameServerUsers.isEmpty {
            lines.append("  the name server:")
            for user in nameServerUsers {
                let path = user.hasNameServer ? "\(user.path.rawValue) path" : "no name server"
                lines.append("    \(user.process), \(path): \(user.explanation.decision.text)")
            }
        }
        let undeclared = pairs.filter { !$0.isDeclared }
        if !undeclared.isEmpty {
            lines.append("  may connect, though nothing declares it:")
            for pair in undeclared {
                lines.append(
                    "    \(pair.client) -> \(pair.server), endpoint \(pair.endpoint), "
                        + "by rule \(pair.rule)"
                )
            }
        }
        return lines
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

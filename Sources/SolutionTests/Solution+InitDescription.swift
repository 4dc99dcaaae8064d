package import BrokerCore
package import InitDescriptions
package import SecurityEvents

/// What is said about the built-in name server beside the init description.
package enum NameServerChoice: Hashable, Sendable {
    /// Nothing: it is there if the description declares one, or may bring one.
    case asDescribed
    /// A process of this name is one, if the description declares none.
    case named(ProcessName)
    /// There is none, whatever the description declares.
    case none

    /// Reads what `name-server:` and `--name-server` say: a name, or `none`.
    ///
    /// - Throws: what is wrong with the name.
    package init(_ text: String) throws(NameFault) {
        self = text == "none" ? .none : .named(try ProcessName(text))
    }

    /// The name of the process that is brought in.
    package var name: ProcessName? {
        if case .named(let name) = self { name } else { nil }
    }
}

extension Solution {
    /// A described solution as the broker takes it.
    ///
    /// A name server that the description does not declare is there without an event, like every
    /// process that is only assumed; a declared one is decided like any other process.
    package init(_ description: InitDescription, nameServer: NameServerChoice) {
        let nameServerClass = ProcessIdentity.nameServer.className
        var assumed = description.assumedProcesses.map(\.identity)
        var declared = description.startOrder.map(\.identity)
        var leftOut: [ProcessName: ClassName] = [:]
        let added: ProcessName? =
            switch nameServer {
            case .named(let name): name
            case .asDescribed:
                description.mayBringNameServer ? ProcessIdentity.nameServer.name : nil
            case .none: nil
            }
        if nameServer == .none {
            for identity in assumed + declared where identity.className == nameServerClass {
                leftOut[identity.name] = identity.className
            }
            assumed.removeAll { $0.className == nameServerClass }
            declared.removeAll { $0.className == nameServerClass }
        } else if let added,
            !(assumed + declared).contains(where: { $0.className == nameServerClass }),
            !(assumed + declared).contains(where: { $0.name == added })
        {
            assumed.append(ProcessIdentity(name: added, className: nameServerClass))
        }
        self.init(
            processes: assumed.map { Process($0, .assumed) } + declared.map { Process($0) },
            channels: description.channelsInCreationOrder.map {
                Channel(client: $0.client, server: $0.server, connection: $0.id)
            },
            classes: leftOut
        )
    }

    /// What keeps `choice` from bringing a name server in: its name is that of another process.
    package func conflict(with choice: NameServerChoice) -> String? {
        guard case .named(let name) = choice,
            let holder = processes.first(where: { $0.identity.name == name })?.identity,
            holder.className != ProcessIdentity.nameServer.className
        else { return nil }
        return "`\(name)` is a process of class `\(holder.className)`, and no name server"
    }

    /// Every process that the solution knows by name.
    package var declared: [ProcessIdentity] {
        processes.map(\.identity)
            + classes.keys.sorted().compactMap { name in
                classes[name].map { ProcessIdentity(name: name, className: $0) }
            }
    }
}

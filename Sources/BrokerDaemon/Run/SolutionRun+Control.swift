import BrokerCore
import Glibc
import SecurityEvents

/// A program that somebody has started by hand and attached.
final class AdoptedProgram {
    let name: ProcessName
    /// Readable when the program has ended.
    private let process: Descriptor

    init(_ name: ProcessName, _ process: consuming Descriptor) {
        self.name = name
        self.process = process
    }

    var endDescriptor: Int32 { process.raw }
}

// Programs that are attached over the control socket.
extension SolutionRun {
    /// How many may be connected without having said what they want.
    private static let requestLimit = 16

    func acceptRequest() {
        // One at a time: the others are still ready at the next turn.
        guard let connection = control?.accept() else { return }
        let waiting = sources.values.count { if case .request = $0 { true } else { false } }
        guard waiting < Self.requestLimit else { return }
        do throws(SystemFault) {
            try watch(connection.descriptor, .request(connection))
        } catch {
            connection.refuse(.impossible, error.message)
        }
    }

    /// Attaches a program, or says why it cannot be.
    func answer(_ connection: ControlConnection, _ token: UInt32) {
        unwatch(connection.descriptor, token)
        guard let request = connection.request() else { return }
        let text = String(decoding: request, as: UTF8.self)
        guard let name = try? ProcessName(request),
            let process = plan.solution.processes.first(where: { $0.identity.name == name })
        else {
            return connection.refuse(.impossible, "the solution has no process `\(text)`")
        }
        guard process.identity.className != ProcessIdentity.nameServer.className else {
            return connection.refuse(.impossible, "`\(name)` is the broker's own name server")
        }
        do throws(SystemFault) {
            let program = AdoptedProgram(name, try connection.peer())
            guard become(name, connection) else { return }
            try adopt(program, connection)
        } catch {
            connection.refuse(.impossible, error.message)
        }
    }

    /// Makes `program` the one of its process, which is there and has none.
    private func adopt(
        _ program: AdoptedProgram,
        _ connection: ControlConnection
    ) throws(SystemFault) {
        let token = try watch(program.endDescriptor, .adopted(program))
        do throws(SystemFault) {
            let identity = try daemon.attach(program.name)
            programs[program.name] = ObjectIdentifier(program)
            guard connection.grant(identity) else {
                throw SystemFault(call: "sendmsg", number: EPIPE)
            }
        } catch {
            unwatch(program.endDescriptor, token)
            daemon.endProcess(program.name)
            throw error
        }
        awaited.remove(program.name)
        adopted[ObjectIdentifier(program)] = program
        report.tell(.attached(program.name))
    }

    /// Makes the process be there and without a program.
    ///
    /// One that was there from the start and waits was decided then; for all others the policy is
    /// asked, as when Einit starts them.
    private func become(_ name: ProcessName, _ connection: ControlConnection) -> Bool {
        if daemon.broker.isThere(name), programs[name] == nil { return true }
        let result = daemon.startProcess(name)
        switch result.retcode {
        case .ok: return true
        case .alreadyExists:
            connection.refuse(.impossible, "`\(name)` runs already")
        case .securityDisallow:
            let why = result.decision?.text ?? "denied"
            connection.refuse(.denied, "the broker does not start `\(name)`: \(why)")
        default:
            connection.refuse(.impossible, "`\(name)` cannot start: \(result.retcode.name)")
        }
        return false
    }

    /// Takes note of the end of an attached program.
    func release(_ program: AdoptedProgram, _ token: UInt32) {
        unwatch(program.endDescriptor, token)
        adopted[ObjectIdentifier(program)] = nil
        report.tell(.detached(program.name))
        endProcess(program.name, of: ObjectIdentifier(program))
    }
}

import BrokerCore
import Glibc
import SecurityEvents
import WireProtocol

/// What there was to read on a socket.
private enum Arrival {
    case frame
    case nothing
    case end
    /// What no process sends that keeps to the protocol.
    case fault(String)
}

extension Daemon {
    /// Handles one frame of a ready socket, or its end.
    func handle(_ socket: ProcessSocket, hasHungUp: Bool) {
        let process = socket.process
        guard isRead(process) else {
            if hasHungUp { end(process.name, .closed) }
            return
        }
        switch readFrame(of: socket) {
        case .frame, .nothing: break
        case .end: end(process.name, .closed)
        case .fault(let text): end(process.name, .misbehaved(text))
        }
    }

    /// Does what a process sent before its end, as far as a socket holds it.
    ///
    /// - Returns: what is wrong with it.
    func drain(_ process: AttachedProcess) -> String? {
        guard isRead(process) else { return nil }
        for socket in process.sockets {
            var rest = Self.mostDrained
            reading: while rest > 0 {
                rest -= 1
                switch readFrame(of: socket) {
                case .frame: continue
                case .nothing, .end: break reading
                case .fault(let text): return text
                }
            }
        }
        return nil
    }

    /// A socket of default size holds fewer frames than this; a process that only pretends to end
    /// does not keep others waiting.
    private static var mostDrained: Int { 300 }

    private func readFrame(of socket: ProcessSocket) -> Arrival {
        guard let descriptor = socket.raw else { return .nothing }
        let count = frame.receive(from: descriptor)
        if count == -Int(EAGAIN) { return .nothing }
        guard count > 0 else { return .end }
        frameCount += 1
        guard count <= WireFormat.maximumFrameSize else {
            return .fault("frame is longer than \(WireFormat.maximumFrameSize) bytes")
        }
        guard let header = frame.header else { return .fault("frame is malformed") }
        return accept(header, from: socket)
    }

    private func accept(_ header: RequestHeader, from socket: ProcessSocket) -> Arrival {
        guard (header.operation == .openLane) == socket.isIdentity else {
            return .fault("frame is not for this socket")
        }
        let asked = Asked(
            socket: socket,
            number: header.call,
            isAnswered: !header.flags.contains(.oneWay)
        )
        if header.operation == .openLane {
            openLane(asked)
            return .frame
        }
        guard let request = frame.request(header) else { return .fault("frame is malformed") }
        let isFollowed = header.flags.contains(.thenListen)
        socket.unanswered += (asked.isAnswered ? 1 : 0) + (isFollowed ? 1 : 0)
        guard socket.unanswered <= WireFormat.maximumFramesPerLane else {
            return .fault(
                "more than \(WireFormat.maximumFramesPerLane) calls of one lane are unanswered"
            )
        }
        perform(request, for: asked)
        if isFollowed {
            let timeout = Timeout(milliseconds: header.milliseconds)
            let listen = Asked(socket: socket, number: header.call &+ 1)
            perform(.listen(filter: nil, timeout: timeout), for: listen)
        }
        return .frame
    }

    /// Makes a call and performs what comes of it.
    private func perform(_ request: Request, for asked: Asked) {
        let process = asked.socket.process
        broker.canOpenChannels = ends.prepare(request, by: process.name)
        let (call, effects) = broker.perform(request, by: process.name, at: now)
        if perform(effects, of: (call, asked)) { countRefusal(of: process) }
    }

    private func openLane(_ asked: Asked) {
        let process = asked.socket.process
        do throws(Refused) {
            guard process.laneCount < laneLimit else {
                throw Refused(text: "the limit of \(laneLimit) lanes is reached")
            }
            let lane = try addLane(to: process)
            outbox.append(.ok, descriptor: lane, to: asked)
        } catch {
            perform(broker.misbehaved(process.name, error.text, at: now))
            outbox.append(.quotaExceeded, to: asked)
            countRefusal(of: process)
        }
    }

    private struct Refused: Error { let text: String }

    /// Makes one more lane and returns the process's end of it.
    private func addLane(to process: AttachedProcess) throws(Refused) -> SharedDescriptor {
        do throws(SystemFault) {
            return try makeLane(for: process)
        } catch {
            throw Refused(text: "no descriptors are left for a lane")
        }
    }
}

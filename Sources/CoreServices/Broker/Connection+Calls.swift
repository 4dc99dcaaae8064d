import CSystemShims
import WireProtocol

/// Calls to the broker.
extension Connection {
    /// Makes a call and waits for its answer.
    ///
    /// - Parameters:
    ///   - request: what is asked; call number and lengths are filled in.
    ///   - names: the names of the request.
    ///   - outputs: where the names of the answer go, if the call succeeds.
    /// - Returns: the answer. A descriptor comes with `rcOk` alone.
    func call(
        _ request: RequestHeader,
        _ names: NameArguments = NameArguments(),
        outputs: NameOutputs = NameOutputs()
    ) -> Answer {
        withLane { lane in
            let call = nextCall()
            guard send(request, names, call: call, over: lane) else { return .notConnected }
            let answer = receive(to: request, call: call, over: lane, outputs: outputs)
            return answer.lacksDescriptor ? giveUp(answer, over: lane) : answer
        }
    }

    /// Makes a call that has no answer.
    ///
    /// - Returns: `rcOk` if it went out.
    func callOneWay(_ request: RequestHeader) -> Int32 {
        withLane { lane in
            sendOneWay(request, over: lane) ? Answer(retcode: ResultCode.ok) : .notConnected
        }.retcode
    }

    /// Runs `body` with a lane that no other thread uses.
    func withLane(_ body: (Lane) -> Answer) -> Answer {
        let lane: Lane
        switch lanes.take() {
        case .use(let free):
            lane = free
        case .open:
            switch openLane() {
            case .success(let opened): lane = opened
            case .failure(let refusal): return Answer(retcode: refusal.retcode)
            }
        case .dead:
            return .notConnected
        }
        let answer = body(lane)
        lanes.giveBack(lane)
        return answer
    }

    private func openLane() -> Result<Lane, Refusal> {
        switch identity.openLane(call: nextCall()) {
        case .lane(let lane):
            return lanes.opened(lane) ? .success(lane) : .failure(Refusal.notConnected)
        case .refused(let retcode):
            lanes.openingFailed()
            return .failure(Refusal(retcode: retcode))
        case .failed(let fault):
            lanes.openingFailed()
            end(fault)
            return .failure(Refusal.notConnected)
        }
    }
}

/// Why there is no lane.
private struct Refusal: Error {
    let retcode: Int32

    static let notConnected = Refusal(retcode: ResultCode.notConnected)
}

/// The frames of a call.
extension Connection {
    /// Sends a request; false if the connection is dead.
    func send(
        _ request: RequestHeader,
        _ names: NameArguments,
        call: UInt32,
        over lane: Lane
    ) -> Bool {
        var request = request
        request.call = call
        lane.frame.write(request, names)
        let isSent = lane.frame.send(to: lane.socket)
        if !isSent { end(KOSBROKER_FAULT_ENDED) }
        return isSent
    }

    private func sendOneWay(_ request: RequestHeader, over lane: Lane) -> Bool {
        var request = request
        request.flags.insert(.oneWay)
        return send(request, NameArguments(), call: nextCall(), over: lane)
    }

    /// Waits for one frame of the answer to `request`, which was sent with the number `call`.
    ///
    /// An answer that the wire does not allow ends the connection: nothing that follows it could be
    /// trusted.
    func receive(
        to request: RequestHeader,
        call: UInt32,
        over lane: Lane,
        outputs: NameOutputs = NameOutputs()
    ) -> Answer {
        let (isThere, descriptor) = lane.frame.receive(from: lane.socket)
        guard isThere else {
            end(KOSBROKER_FAULT_ENDED)
            return .notConnected
        }
        guard let reply = lane.frame.reply(), reply.kind == .reply, reply.call == call,
            request.allows(reply, hasDescriptor: descriptor >= 0),
            reply.retcode != ResultCode.ok || lane.frame.copyNames(of: reply, to: outputs)
        else {
            if descriptor >= 0 { kosbroker_lane_close(descriptor) }
            end(KOSBROKER_FAULT_MALFORMED_ANSWER)
            return .notConnected
        }
        return Answer(reply, descriptor: descriptor)
    }

    /// Gives up a handle whose descriptor did not arrive.
    func giveUp(_ answer: Answer, over lane: Lane) -> Answer {
        var request = RequestHeader(.close)
        request.handle = answer.handle
        guard sendOneWay(request, over: lane) else { return .notConnected }
        return Answer(retcode: ResultCode.quotaExceeded)
    }
}

extension RequestHeader {
    /// Whether the broker may answer the request like this.
    fileprivate func allows(_ reply: ReplyHeader, hasDescriptor: Bool) -> Bool {
        let promises = reply.flags.contains(.descriptor)
        guard reply.retcode == ResultCode.ok else { return !promises && !hasDescriptor }
        // Whatever was returned, the caller has no place for it.
        guard !flags.contains(.nullOutput) else { return false }
        return switch operation {
        case .connect, .accept: promises
        case .serviceLocatorConnect, .serviceLocatorRegister: promises || !hasDescriptor
        default: !promises && !hasDescriptor
        }
    }
}

import WireProtocol

/// A server's calls about the requests for its channels.
extension Connection {
    /// Waits for a request; `outputs` take its client and endpoint.
    func listen(_ filter: NameArgument, _ milliseconds: UInt32, _ outputs: NameOutputs) -> Answer {
        var request = RequestHeader(.listen)
        request.milliseconds = milliseconds
        if outputs.hasNull { request.flags.insert(.nullOutput) }
        return call(request, NameArguments(filter), outputs: outputs)
    }

    /// Accepts a request and keeps the channel.
    func accept(_ request: RequestHeader, _ names: NameArguments) -> Answer {
        let listener = listener(request.handle)
        listener?.expectChannel()
        let answer = call(request, names)
        if answer.isOk { keepServer(answer, riid: request.number, listener: listener) }
        return answer
    }

    /// Accepts a request and listens for the next in the same frame.
    ///
    /// - Returns: the listen's answer; `accepted` is given the accept's.
    func acceptThenListen(
        _ request: RequestHeader,
        _ names: NameArguments,
        _ milliseconds: UInt32,
        _ outputs: NameOutputs,
        accepted: (Answer) -> Void
    ) -> Answer {
        var request = request
        request.flags.insert(.thenListen)
        request.milliseconds = milliseconds
        let listener = listener(request.handle)
        listener?.expectChannel()
        return withLane { lane in
            let call = nextCall(2)
            guard send(request, names, call: call, over: lane) else {
                accepted(.notConnected)
                return .notConnected
            }
            var answer = receive(to: request, call: call, over: lane)
            if answer.lacksDescriptor { answer = giveUp(answer, over: lane) }
            if answer.isOk { keepServer(answer, riid: request.number, listener: listener) }
            accepted(answer)
            let listen = RequestHeader(.listen)
            return receive(to: listen, call: call &+ 1, over: lane, outputs: outputs)
        }
    }
}

extension RequestHeader {
    /// An accept that gives the client `riid`.
    init(accept riid: UInt32, listener: UInt32) {
        self.init(.accept)
        number = riid
        handle = listener
    }
}

extension NameOutputs {
    /// The buffers for a request, whose sizes the API fixes.
    init(
        requestOf client: UnsafeMutablePointer<CChar>?,
        _ service: UnsafeMutablePointer<CChar>?
    ) {
        unsafe self.init(
            NameOutput(client, size: WireFormat.maximumSentNameLength),
            NameOutput(service, size: WireFormat.maximumSentNameLength)
        )
    }
}

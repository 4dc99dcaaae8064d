import WireProtocol

/// Channels, whose ends come with answers, and the handles for them.
extension Connection {
    /// Keeps the client's end of a channel that came with `answer`.
    func keepClient(_ answer: Answer) {
        handles.insert(answer.handle, .client(ClientChannel(descriptor: answer.descriptor)))
    }

    /// Keeps the server's end of an accepted channel that came with `answer`.
    ///
    /// Its requests are received over `listener` too; with nil the handle stands for a new one.
    func keepServer(_ answer: Answer, riid: UInt32, listener: Listener?) {
        if let listener {
            let channel = listener.add(descriptor: answer.descriptor, riid: riid)
            handles.insert(answer.handle, .server(channel))
        } else {
            let listener = Listener()
            let channel = listener.add(descriptor: answer.descriptor, riid: riid)
            handles.insert(answer.handle, .listener(listener, own: [channel]))
        }
    }

    /// The listener that `handle` stands for; nil where it stands for none.
    package func listener(_ handle: UInt32) -> Listener? {
        guard case .listener(let listener, own: _) = handles.entry(handle) else { return nil }
        return listener
    }

    /// Closes a handle.
    ///
    /// The handle is gone even if the broker is. One that this process has closes without waiting
    /// for the broker; one that it has not is told to the broker, which records the misuse.
    func close(_ handle: UInt32) -> Int32 {
        var request = RequestHeader(.close)
        request.handle = handle
        guard let entry = handles.remove(handle) else { return call(request).retcode }
        entry.close()
        return callOneWay(request)
    }
}

/// Static channels.
extension Connection {
    /// The client IPC handle of a static channel; 0 if there is none.
    func connectStatic(_ name: NameArgument) -> UInt32 {
        serviceLocatorLock.withLock {
            let answer = call(RequestHeader(.serviceLocatorConnect), NameArguments(name))
            guard answer.isOk else { return 0 }
            // Without a descriptor it is a handle that this process has already.
            if answer.descriptor >= 0 { keepClient(answer) }
            return answer.handle
        }
    }

    /// The listener handle of the static channels that have one name; 0 if there is none.
    func registerStatic(_ name: NameArgument) -> UInt32 {
        serviceLocatorLock.withLock {
            let listener = Listener()
            var own: [ServerChannel] = []
            let answer = withLane { lane in
                receiveEnds(of: name, over: lane) { descriptor in
                    own.append(listener.add(descriptor: descriptor, riid: Self.anyEndpoint))
                }
            }
            let isKept =
                answer.isOk && handles.insert(answer.handle, .listener(listener, own: own))
            if !isKept { for channel in own { channel.close() } }
            return answer.isOk ? answer.handle : 0
        }
    }

    /// The RIID of channels that carry requests for all endpoints.
    private static let anyEndpoint = UInt32.max

    /// Asks for the listener of static channels, whose ends come one a frame.
    private func receiveEnds(
        of name: NameArgument,
        over lane: Lane,
        keep: (Int32) -> Void
    ) -> Answer {
        let request = RequestHeader(.serviceLocatorRegister)
        let call = nextCall()
        guard send(request, NameArguments(name), call: call, over: lane) else {
            return .notConnected
        }
        var incomplete: Answer?
        while true {
            let answer = receive(to: request, call: call, over: lane)
            if answer.descriptor >= 0 { keep(answer.descriptor) }
            if answer.lacksDescriptor { incomplete = answer }
            guard answer.isOk, answer.hasMore else {
                guard answer.isOk, let incomplete else { return answer }
                return giveUp(incomplete, over: lane)
            }
        }
    }
}

import BrokerCore
import SecurityEvents
import SolutionTests

extension AgentCommand {
    /// The C function for a call of a suite.
    ///
    /// - Throws: a fault where C has no words for the call.
    init(_ request: Request, tag: UInt32) throws(TransportFault) {
        switch request {
        case .nsCreate(let name, let timeout):
            self.init(tag: tag, function: .nsCreate)
            milliseconds = timeout.milliseconds
            names = [name]
        case .publish(let ns, let interface, let server, let endpoint):
            self.init(tag: tag, function: .publish)
            handle = ns.rawValue
            names = [interface, server, endpoint]
        case .unpublish(let ns, let interface, let server, let endpoint):
            self.init(tag: tag, function: .unpublish)
            handle = ns.rawValue
            names = [interface, server, endpoint]
        case .enumerate(let ns, let interface, let index, let serverSize, let endpointSize):
            self.init(tag: tag, function: .enumerate)
            handle = ns.rawValue
            number = index
            sizes = [serverSize, endpointSize]
            names = [interface]
        case .connect(let server, let endpoint, let timeout):
            self.init(tag: tag, function: .connect)
            milliseconds = timeout.milliseconds
            names = [server, endpoint]
        case .listen(let filter, let timeout):
            self.init(tag: tag, function: .listen)
            milliseconds = timeout.milliseconds
            names = [filter]
        case .accept(let client, let endpoint, let riid, let listener):
            self.init(tag: tag, function: .accept)
            handle = listener.rawValue
            number = riid.rawValue
            names = [client, endpoint]
        case .drop(let client, let endpoint):
            self.init(tag: tag, function: .drop)
            names = [client, endpoint]
        case .close(let handle):
            self.init(tag: tag, function: .close)
            self.handle = handle.rawValue
        case .createListener:
            self.init(tag: tag, function: .createListener)
        case .handleConnect, .serviceLocatorConnect, .serviceLocatorRegister, .nullOutput:
            throw TransportFault(expected: "a call that an agent makes", came: "another one")
        }
        try checkNames()
    }

    /// A zero ends a name in C, so that the function would get another one.
    private mutating func checkNames() throws(TransportFault) {
        for index in names.indices {
            guard let name = names[index] else { continue }
            guard !name.contains(0) else {
                let text = String(decoding: name.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
                throw TransportFault(
                    expected: "names that C can express",
                    came: "`\(text)` has a zero byte, here written as a space"
                )
            }
            names[index] = Array(name.prefix(Self.maximumNameLength))
        }
    }
}

extension AgentReport {
    /// What the process was told, as far as `function` tells it.
    func answer(of function: AgentFunction) -> ClientAnswer {
        var answer = ClientAnswer(Retcode(rawValue: retcode))
        guard answer.retcode == .ok else { return answer }
        switch function {
        case .nsCreate, .accept, .createListener: answer.handle = Handle(rawValue: handle)
        case .connect:
            answer.handle = Handle(rawValue: handle)
            answer.riid = RIID(rawValue: number)
        case .enumerate, .listen: answer.names = names
        case .publish, .unpublish, .drop, .close: break
        }
        return answer
    }
}

extension Timeout {
    /// The value of `msecs`.
    fileprivate var milliseconds: UInt32 {
        switch self {
        case .milliseconds(let milliseconds): milliseconds
        case .infinite: Self.infiniteValue
        }
    }
}

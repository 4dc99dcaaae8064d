import BrokerCore
import SecurityEvents
import WireProtocol

extension Request {
    /// Reads the call that a well-formed frame makes; nil where that is no call.
    init?(_ header: RequestHeader, in frame: RawSpan) {
        guard let request = Request(header, header.names(in: frame)) else { return nil }
        self = header.flags.contains(.nullOutput) ? .nullOutput(of: request.operation) : request
    }

    private init?(_ header: RequestHeader, _ names: [[UInt8]?]) {
        let handle = Handle(rawValue: header.handle)
        let timeout = Timeout(milliseconds: header.milliseconds)
        switch header.operation {
        case .nsCreate:
            self = .nsCreate(name: names[0], timeout: timeout)
        case .publish:
            self = .publish(ns: handle, interface: names[0], server: names[1], endpoint: names[2])
        case .unpublish:
            self = .unpublish(ns: handle, interface: names[0], server: names[1], endpoint: names[2])
        case .enumerate:
            self = .enumerate(
                ns: handle,
                interface: names[0],
                index: header.number,
                serverSize: header.serverSize,
                endpointSize: header.endpointSize
            )
        case .connect:
            self = .connect(server: names[0], endpoint: names[1], timeout: timeout)
        case .listen:
            self = .listen(filter: names[0], timeout: timeout)
        case .accept:
            let riid = RIID(rawValue: header.number)
            self = .accept(client: names[0], endpoint: names[1], riid: riid, listener: handle)
        case .drop:
            self = .drop(client: names[0], endpoint: names[1])
        case .close:
            self = .close(handle)
        case .createListener:
            self = .createListener
        case .handleConnect:
            self = .handleConnect
        case .serviceLocatorConnect:
            self = .serviceLocatorConnect(channel: names[0])
        case .serviceLocatorRegister:
            self = .serviceLocatorRegister(channel: names[0])
        case .openLane:
            return nil
        }
    }
}

extension RequestHeader {
    /// Whether the header has nothing but what its operation uses, see the table at
    /// ``RequestHeader``.
    var isWellFormed: Bool {
        let use = operation.use
        let waits = use.fields.contains(.milliseconds) || flags.contains(.thenListen)
        return use.flags.isSuperset(of: flags)
            && (waits || milliseconds == 0)
            && (use.fields.contains(.handle) || handle == 0)
            && (use.fields.contains(.number) || number == 0)
            && (use.fields.contains(.sizes) || serverSize == 0 && endpointSize == 0)
            && (use.names > 0 || lengths.0 == 0) && (use.names > 1 || lengths.1 == 0)
            && (use.names > 2 || lengths.2 == 0) && (use.names > 3 || lengths.3 == 0)
    }

    /// The names that the operation uses, as the caller passed them.
    fileprivate func names(in frame: RawSpan) -> [[UInt8]?] {
        (0..<operation.use.names).map { index in
            range(ofName: index).map { range in
                unsafe frame.extracting(range).withUnsafeBytes { unsafe Array($0) }
            }
        }
    }
}

/// What an operation uses of a request frame.
private struct FrameUse {
    struct Fields: OptionSet {
        let rawValue: UInt8

        static let milliseconds = Fields(rawValue: 1)
        static let handle = Fields(rawValue: 2)
        static let number = Fields(rawValue: 4)
        static let sizes = Fields(rawValue: 8)
    }

    var names = 0
    var fields: Fields = []
    var flags: RequestHeader.Flags = []
}

extension WireOperation {
    fileprivate var use: FrameUse {
        switch self {
        case .nsCreate: FrameUse(names: 1, fields: .milliseconds, flags: .nullOutput)
        case .publish, .unpublish: FrameUse(names: 3, fields: .handle)
        case .enumerate:
            FrameUse(names: 1, fields: [.handle, .number, .sizes], flags: .nullOutput)
        case .connect: FrameUse(names: 2, fields: .milliseconds, flags: .nullOutput)
        case .listen: FrameUse(names: 1, fields: .milliseconds, flags: .nullOutput)
        case .accept:
            FrameUse(names: 2, fields: [.handle, .number], flags: [.nullOutput, .thenListen])
        case .drop: FrameUse(names: 2)
        case .close: FrameUse(fields: .handle, flags: .oneWay)
        case .createListener, .handleConnect: FrameUse(flags: .nullOutput)
        case .serviceLocatorConnect, .serviceLocatorRegister:
            FrameUse(names: 1, flags: .nullOutput)
        case .openLane: FrameUse()
        }
    }
}

import CCoreServices
import CSystemShims
import CoreServices
import Glibc
import Testing
import WireProtocol

/// How a process finds the broker that started it.
@Suite struct BrokerAttachTests {
    @Test func `the name of the process is the one that the welcome tells`() throws {
        let broker = try ScriptedBroker(process: "echo.Client")
        broker.run {
            let name = unsafe withNameBuffer(1024) { buffer in
                #expect(unsafe KnTaskGetName(buffer, 1024) == ResultCode.ok)
            }
            #expect(name == "echo.Client")
        }
    }

    @Test func `a name that does not fit its buffer is not written at all`() throws {
        let broker = try ScriptedBroker(process: "echo.Client")
        broker.run {
            let cut = unsafe withNameBuffer(11) { buffer in
                unsafe buffer[0] = 0
                #expect(unsafe KnTaskGetName(buffer, 11) == ResultCode.bufferTooSmall)
            }
            #expect(cut == "")
            let whole = unsafe withNameBuffer(12) { buffer in
                #expect(unsafe KnTaskGetName(buffer, 12) == ResultCode.ok)
            }
            #expect(whole == "echo.Client")
            #expect(KnTaskGetName(nil, 12) == ResultCode.invalidArgument)
        }
    }

    @Test func `a program that no broker started is not connected`() {
        var handle: NsHandle = 7
        #expect(unsafe NsCreate(nil, 0, &handle) == ResultCode.notConnected)
        #expect(handle == 7)
        #expect(unsafe ServiceLocatorConnect("echo") == 0)
        #expect(unsafe ServiceLocatorRegister("echo", nil, 0, nil) == 0)
        #expect(KnHandleClose(5) == ResultCode.notConnected)
        let name = unsafe withNameBuffer(8) { buffer in
            unsafe buffer[0] = 0
            #expect(unsafe KnTaskGetName(buffer, 8) == ResultCode.notConnected)
        }
        #expect(name == "")
    }

    @Test(arguments: [
        "", "3", "3:", ":1", "x:1", "-3:1", " 3:1", "3: 1", "3:1 ", "3:-1", "99999999999:1",
        "3:99999999999999999999999", "0x3:1",
    ])
    func `a variable of another form is not followed`(value: String) {
        #expect(unsafe Connection(identity: value) == nil)
        #expect(fault(of: value) == KOSBROKER_FAULT_MALFORMED_IDENTITY)
    }

    @Test func `a variable that names another socket, or none, is stale`() throws {
        let ends = try socketPair()
        defer { for end in [ends.broker, ends.process] { close(end) } }
        let other = identityVariable(ends.broker).split(separator: ":")[1]
        #expect(fault(of: "\(ends.process):\(other)") == KOSBROKER_FAULT_STALE_IDENTITY)
        #expect(fault(of: "1048575:1") == KOSBROKER_FAULT_STALE_IDENTITY)
        let file = unsafe open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(fault(of: identityVariable(file)) == KOSBROKER_FAULT_STALE_IDENTITY)
        #expect(fault(of: nil) == KOSBROKER_FAULT_NO_IDENTITY)
    }

    @Test func `the second copy of the library in a process is not connected and does not wait`()
        throws
    {
        let broker = try ScriptedBroker()
        #expect(fault(of: identityVariable(broker.inherited)) == KOSBROKER_FAULT_NO_WELCOME)
    }

    @Test func `a broker that has ended is no broker`() throws {
        let ends = try socketPair()
        defer { close(ends.process) }
        close(ends.broker)
        #expect(fault(of: identityVariable(ends.process)) == KOSBROKER_FAULT_NO_WELCOME)
    }

    @Test func `a welcome without a lane is none`() throws {
        let ends = try socketPair()
        defer { for end in [ends.broker, ends.process] { close(end) } }
        try send(frame(ReplyHeader(.welcome), ["a", "b"]), to: ends.broker)
        #expect(fault(of: identityVariable(ends.process)) == KOSBROKER_FAULT_NO_WELCOME)
    }

    @Test(arguments: [0, 1]) func `a welcome of another version or kind is not followed`(
        byte: Int
    ) throws {
        let ends = try socketPair()
        let lane = try socketPair()
        var welcome = frame(ReplyHeader(.welcome), ["a", "b"])
        welcome[byte] = 2
        try send(welcome, to: ends.broker, lane.process)
        close(lane.process)
        #expect(unsafe Connection(identity: identityVariable(ends.process)) == nil)
        // The broker sees that nobody came.
        #expect(receiveFrame(ends.broker) == nil)
        #expect(receiveFrame(lane.broker) == nil)
        for end in [ends.broker, lane.broker] { close(end) }
    }

    @Test func `programs that the process starts do not inherit who it is`() throws {
        let broker = try ScriptedBroker()
        #expect(fcntl(broker.inherited, F_GETFD) & FD_CLOEXEC != 0)
    }

    private func fault(of variable: String?) -> kosbroker_fault {
        var frame: [UInt8] = Array(repeating: 0, count: WireFormat.maximumFrameSize)
        let attachment = unsafe kosbroker_attach(variable, &frame, frame.count)
        if attachment.fault == KOSBROKER_FAULT_NONE { close(attachment.lane) }
        return attachment.fault
    }
}

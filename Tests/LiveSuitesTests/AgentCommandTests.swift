import BrokerCore
import SecurityEvents
import SolutionTests
import TestSupport
import Testing

@testable import LiveSuites

/// The messages between a test and its agents.
@Suite struct `Commands and reports` {
    private static let command: AgentCommand = {
        var command = AgentCommand(tag: 0x0102_0304, function: .enumerate)
        command.milliseconds = 5
        command.handle = 6
        command.number = 7
        command.sizes = [8, 9]
        command.names = [Array("ab".utf8), nil, []]
        return command
    }()

    @Test func `a command has the layout that its table says`() {
        let words: [[UInt8]] = [
            [4, 3, 2, 1], [4, 0, 0, 0], [5, 0, 0, 0], [6, 0, 0, 0], [7, 0, 0, 0], [8, 0, 0, 0],
            [9, 0, 0, 0], [2, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 0],
        ]
        #expect(Self.command.bytes == words.joined() + [0x61, 0x62, 0, 0])
    }

    @Test func `a report has the layout that its table says`() {
        var report = AgentReport(tag: 1, retcode: Retcode.timeout.rawValue)
        report.handle = 2
        report.number = 3
        report.names = [[0x61], [0x62, 0x63]]
        let words: [[UInt8]] = [
            [1, 0, 0, 0], [0x14, 0, 0, 0x90], [2, 0, 0, 0], [3, 0, 0, 0], [1, 0, 0, 0],
            [2, 0, 0, 0],
        ]
        #expect(report.bytes == words.joined() + [0x61, 0x62, 0x63])
        #expect(AgentReport(report.bytes[...]) == report)
    }

    @Test func `a command is read as it was written, and never in part`() {
        let bytes = Self.command.bytes
        #expect(AgentCommand(bytes[...]) == Self.command)
        for count in bytes.indices { #expect(AgentCommand(bytes[..<count]) == nil) }
        #expect(AgentCommand((bytes + [0])[...]) == nil)
    }

    @Test func `no bytes stop the reader of commands or of reports`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            var bytes = Self.command.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...4, using: &generator))
            _ = AgentCommand(bytes[...])
            _ = AgentReport(bytes[...])
        }
    }

    @Test func `every function has its number for good`() {
        // An agent in C has the numbers written down.
        #expect(AgentFunction.allCases.map(\.rawValue) == Array(1...10))
    }
}

/// Calls of suites in terms of C.
@Suite struct `Calls that C can express` {
    @Test func `arguments stand in the order of the prototype`() throws {
        let accept = try AgentCommand(
            .accept(
                client: Array("C".utf8),
                endpoint: Array("e".utf8),
                riid: RIID(rawValue: 7),
                listener: Handle(rawValue: 3)
            ),
            tag: 1
        )
        #expect(accept.function == .accept)
        #expect(accept.names == [Array("C".utf8), Array("e".utf8)])
        #expect([accept.number, accept.handle] == [7, 3])
        let listen = try AgentCommand(.listen(filter: nil, timeout: .infinite), tag: 1)
        #expect(listen.names == [nil])
        #expect(listen.milliseconds == UInt32.max)
    }

    @Test func `a name with a zero byte is refused with a word`() {
        let fault = #expect(throws: TransportFault.self) {
            try AgentCommand(.drop(client: [0x61, 0, 0x62], endpoint: [0x65]), tag: 1)
        }
        #expect(fault?.expected == "names that C can express")
        #expect(fault?.came == "`a b` has a zero byte, here written as a space")
    }

    @Test func `a name longer than any broker takes is sent as one that is too long`() throws {
        let name = [UInt8](repeating: 0x61, count: 1 << 20)
        let command = try AgentCommand(.drop(client: name, endpoint: name), tag: 1)
        #expect(command.bytes.count <= AgentCommand.maximumSize)
        #expect(command.names.allSatisfy { ($0?.count ?? 0) > NameLimits.maximumLength })
    }

    @Test func `a report tells what its function tells, and only where it succeeded`() {
        var report = AgentReport(tag: 1, retcode: 0)
        report.handle = 5
        report.number = 7
        report.names = [[0x61], [0x62]]
        #expect(report.answer(of: .connect).handle == Handle(rawValue: 5))
        #expect(report.answer(of: .connect).riid == RIID(rawValue: 7))
        #expect(report.answer(of: .accept).riid == nil)
        #expect(report.answer(of: .listen).names == [[0x61], [0x62]])
        #expect(report.answer(of: .close) == ClientAnswer(.ok))
        report.retcode = Retcode.timeout.rawValue
        #expect(report.answer(of: .connect) == ClientAnswer(.timeout))
    }
}

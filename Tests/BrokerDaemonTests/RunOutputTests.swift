@testable import BrokerDaemon
import Foundation
import SecurityEvents
import Testing

/// How what programs write becomes lines, and how these reach a slow terminal.
@Suite(.timeLimit(.minutes(1))) struct RunOutputTests {
    // MARK: Lines

    private func lines(_ chunks: String...) -> [String] {
        var cutter = LineCutter()
        return chunks.flatMap { cutter.add(Array($0.utf8)[...]) } + cutter.finish()
    }

    @Test func `lines are cut where they end, however they come`() {
        #expect(lines("one\ntwo\n") == ["one", "two"])
        #expect(lines("on", "e\nt", "wo", "\n", "\n") == ["one", "two", ""])
        #expect(lines("no end") == ["no end"])
        #expect(lines("dos\r\nend\r") == ["dos", "end"])
        #expect(lines("") == [])
    }

    @Test func `a line is shown up to 1024 bytes`() {
        let longest = String(repeating: "x", count: 1024)
        #expect(lines(longest + "\n") == [longest])
        #expect(lines(longest + "y\nnext") == [longest + "…", "next"])
        #expect(lines(longest, "y", "z\nnext") == [longest + "…", "next"])
    }

    @Test func `no character is cut in two`() {
        for character in ["é", "€", "😀"] {
            let text = String(repeating: "x", count: 1023)
            #expect(lines(text + character + "\n") == [text + "…"])
            let fits = String(repeating: "x", count: 1024 - character.utf8.count) + character
            #expect(lines(fits + character + "\n") == [fits + "…"])
        }
    }

    @Test func `nothing steers the terminal, and what is no text does no harm`() {
        #expect(lines("a\u{1B}[2Jb\tc\rd\n") == [#"a\u{1b}[2Jb"# + "\t" + #"c\u{d}d"#])
        var cutter = LineCutter()
        #expect(cutter.add([0xFF, 0x41, 0x0A]) == ["\u{FFFD}A"])
        let stray = [UInt8](repeating: 0x80, count: 2000) + [0x0A]
        #expect(cutter.add(stray[...]).count == 1)
    }

    // MARK: The queue

    /// A pipe whose ends are closed together.
    private final class Terminal {
        let pipe = Pipe()
        var input: Int32 { pipe.fileHandleForWriting.fileDescriptor }

        func read() -> String {
            pipe.fileHandleForWriting.closeFile()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            return String(decoding: data, as: UTF8.self)
        }
    }

    private func queue(_ output: Int32, capacity: Int) throws -> OutputQueue {
        let queue = try OutputQueue(output: output, capacity: capacity) { count in
            Array("(\(count))".utf8)
        }
        try queue.start()
        return queue
    }

    @Test func `everything is written in order before the end`() throws {
        let terminal = Terminal()
        let queue = try queue(terminal.input, capacity: 1 << 20)
        for number in 0..<1000 { queue.append(Array("\(number) ".utf8)) }
        #expect(queue.finish() == 0)
        let expected = (0..<1000).map { "\($0) " }.joined()
        #expect(terminal.read() == expected)
    }

    @Test func `where the terminal does not take more, lines are counted and room is awaited`()
        throws
    {
        let terminal = Terminal()
        let queue = try queue(terminal.input, capacity: 100)
        // More than a pipe holds: the thread is stuck in it.
        let first = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        queue.append(first)
        #expect(!queue.hasRoom())
        queue.offer(Array("lost".utf8))
        queue.offer(Array("lost".utf8))
        queue.append(Array("kept".utf8))
        queue.offer(Array("lost".utf8))
        let handle = terminal.pipe.fileHandleForReading
        var read = Data()
        while read.count < first.count + 7 { read += handle.availableData }
        #expect(String(decoding: read.suffix(8), as: UTF8.self) == "x(2)kept")
        #expect(waitUntilReadable(queue.roomDescriptor))
        queue.takeRoom()
        while !queue.hasRoom() { _ = waitUntilReadable(queue.roomDescriptor) }
        queue.offer(Array("taken".utf8))
        #expect(queue.finish() == 0)
        #expect(terminal.read() == "(1)taken")
    }

    @Test func `a terminal that is gone keeps nobody waiting`() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        pipe.fileHandleForReading.closeFile()
        let queue = try queue(pipe.fileHandleForWriting.fileDescriptor, capacity: 10)
        for _ in 0..<100 { queue.append([UInt8](repeating: 0x61, count: 1000)) }
        #expect(queue.finish() == EPIPE)
        #expect(queue.hasRoom())
    }
}

import BrokerCore
import SecurityEvents

/// A C function that an agent calls.
enum AgentFunction: UInt32, CaseIterable {
    case nsCreate = 1
    case publish = 2
    case unpublish = 3
    case enumerate = 4
    case connect = 5
    case listen = 6
    case accept = 7
    case drop = 8
    case close = 9
    case createListener = 10
}

/// What an agent is asked to do: one C function with its arguments.
///
/// A command is one message on the control socket, with little-endian numbers:
///
/// | bytes | field |
/// |---|---|
/// | 0–3 | tag, which the report repeats |
/// | 4–7 | function, a number of ``AgentFunction`` |
/// | 8–11 | milliseconds |
/// | 12–15 | handle |
/// | 16–19 | index or RIID |
/// | 20–23, 24–27 | sizes of the buffers for two names |
/// | 28–31, 32–35, 36–39 | lengths of three names, 0xFFFFFFFF for a null pointer |
///
/// The names follow, each with a terminating zero, so that an agent in C passes them on where they
/// stand. They come in the order of the function's parameters; what a function does not take is
/// null or 0.
struct AgentCommand: Equatable {
    var tag: UInt32
    var function: AgentFunction
    var milliseconds: UInt32 = 0
    var handle: UInt32 = 0
    var number: UInt32 = 0
    var sizes: [UInt32] = [0, 0]
    /// At most three; nil for a null pointer.
    var names: [[UInt8]?] = []

    static let headerSize = 40
    static let nullLength = UInt32.max
    /// How many bytes of a name are sent: more than the C library looks at.
    static let maximumNameLength = 4096
    static let maximumSize = headerSize + 3 * (maximumNameLength + 1)
}

extension AgentCommand {
    /// The message on the control socket.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        let lengths = (0..<3).map { index in
            index < names.count
                ? names[index].map { UInt32($0.count) } ?? Self.nullLength : Self.nullLength
        }
        let words = [tag, function.rawValue, milliseconds, handle, number] + sizes + lengths
        for word in words { bytes.append(word: word) }
        for case let name? in names { bytes += name + [0] }
        return bytes
    }

    /// Reads a message; nil unless it is a whole command.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.headerSize, let function = AgentFunction(rawValue: bytes.word(1))
        else { return nil }
        self.init(tag: bytes.word(0), function: function)
        milliseconds = bytes.word(2)
        handle = bytes.word(3)
        number = bytes.word(4)
        sizes = [bytes.word(5), bytes.word(6)]
        var rest = bytes.dropFirst(Self.headerSize)
        for length in (7..<10).map({ bytes.word($0) }) {
            guard length != Self.nullLength else {
                names.append(nil)
                continue
            }
            guard length < rest.count else { return nil }
            names.append(Array(rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length) + 1)
        }
        guard rest.isEmpty else { return nil }
    }
}

/// What came of a command: what the C function returned and wrote.
///
/// | bytes | field |
/// |---|---|
/// | 0–3 | tag of the command |
/// | 4–7 | retcode |
/// | 8–11 | handle |
/// | 12–15 | RIID |
/// | 16–19, 20–23 | lengths of two names, which follow without terminators |
///
/// What the function does not write is 0 or empty.
struct AgentReport: Equatable {
    var tag: UInt32
    var retcode: Int32
    var handle: UInt32 = 0
    var number: UInt32 = 0
    /// Two names.
    var names: [[UInt8]] = [[], []]

    static let headerSize = 24
    /// Names that a C function wrote have at most the size of its buffers.
    static let maximumSize = headerSize + 2 * 4096
}

extension AgentReport {
    /// The message on the control socket.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        let words = [tag, UInt32(bitPattern: retcode), handle, number]
        for word in words + names.map({ UInt32($0.count) }) { bytes.append(word: word) }
        return bytes + names.joined()
    }

    /// Reads a message; nil unless it is a whole report.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.headerSize else { return nil }
        self.init(tag: bytes.word(0), retcode: Int32(bitPattern: bytes.word(1)))
        handle = bytes.word(2)
        number = bytes.word(3)
        let names = bytes.dropFirst(Self.headerSize)
        let lengths = (UInt64(bytes.word(4)), UInt64(bytes.word(5)))
        guard lengths.0 + lengths.1 == UInt64(names.count) else { return nil }
        self.names = [
            Array(names.prefix(Int(lengths.0))), Array(names.dropFirst(Int(lengths.0))),
        ]
    }
}

extension [UInt8] {
    fileprivate mutating func append(word: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) {
            append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
        }
    }
}

extension ArraySlice<UInt8> {
    /// The number `index` of those at the start, which are there.
    fileprivate func word(_ index: Int) -> UInt32 {
        let start = startIndex + 4 * index
        return self[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

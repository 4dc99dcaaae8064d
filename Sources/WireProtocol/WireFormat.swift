/// The numbers that both sides of the wire agree on.
///
/// ## The wire
///
/// A process speaks to the broker over sockets that keep the bounds of messages (`SOCK_SEQPACKET`):
/// one *identity* socket, which it inherits and which is what tells the broker who it is, and one
/// *lane* for each of its threads that is in a call. A frame is one message: a header of fixed size
/// and names behind it, without terminators. Numbers have the machine's byte order, since both ends
/// are on one machine. What does not fit this description exactly is a protocol error, and there is
/// no resynchronising: the broker records it and ends the process.
///
/// The module holds numbers and bytes only and is compiled as Embedded Swift too.
package enum WireFormat {
    /// The first byte of every frame; another one ends the connection.
    package static let version: UInt8 = 1
    /// The most bytes that a frame may have.
    package static let maximumFrameSize = 4096
    package static let requestHeaderSize = 40
    package static let replyHeaderSize = 24
    package static let messageHeaderSize = 24
    /// The length that stands for a null pointer.
    package static let nullLength: UInt16 = 0xFFFF
    /// How many bytes of a name are sent at most: one more than a name may have, so that the broker
    /// sees that it is too long and judges it like every other misuse.
    package static let maximumSentNameLength = 1024
    /// How many names a request can carry.
    package static let requestNames = 4
    /// How many names a reply can carry.
    package static let replyNames = 2
    /// The most bytes of an IPC message, both parts together.
    package static let maximumMessageSize = 65536
    /// How many frames of one lane may be unanswered.
    package static let maximumFramesPerLane = 16
    /// How many lanes a process may have besides those of its waiting calls.
    package static let spareLanes = 16
}

/// What a request frame asks for.
package enum WireOperation: UInt8, Sendable {
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
    case handleConnect = 11
    case serviceLocatorConnect = 12
    case serviceLocatorRegister = 13
    /// One more lane; on the identity socket, and nothing else is.
    case openLane = 14
}

import SecurityEvents

/// What goes over the control socket: one request, one answer.
///
/// Both start with a version. A request goes on with the name of a process; an answer with a word
/// that says whether it is granted, and with text for people. A granted answer carries the identity.
enum ControlMessage {
    static let version: UInt8 = 1
    /// The most bytes that a message may have.
    static let maximumSize = 4096

    /// Whether a program may be attached.
    enum Answer: UInt8 {
        case granted = 0
        /// The policy denies it.
        case denied = 1
        /// It cannot be, whatever the policy says.
        case impossible = 2
    }

    static func request(_ process: [UInt8]) -> [UInt8] { [version] + process }

    /// The name in a request; nil where it is none.
    static func process(inRequest bytes: ArraySlice<UInt8>) -> [UInt8]? {
        bytes.first == version ? Array(bytes.dropFirst()) : nil
    }

    static func answer(_ answer: Answer, _ text: String = "") -> [UInt8] {
        let room = maximumSize - 2
        return [version, answer.rawValue] + text.utf8.prefix(room)
    }

    /// What an answer says; nil where it is none.
    static func read(answer bytes: ArraySlice<UInt8>) -> (answer: Answer, text: String)? {
        let start = bytes.startIndex
        guard bytes.count >= 2, bytes[start] == version,
            let answer = Answer(rawValue: bytes[start + 1])
        else { return nil }
        return (answer, String(decoding: bytes.dropFirst(2), as: UTF8.self))
    }
}

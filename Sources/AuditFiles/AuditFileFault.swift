import Glibc

/// Why a log cannot be opened, read or written.
package struct AuditFileFault: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The system said no.
        case system
        /// What is there is no log that can be read or continued.
        case content
    }

    package var kind: Kind
    /// Lowercase, without a full stop and without the path.
    package var message: String
    /// The system's number of the error; 0 where it is not the system's.
    var number: Int32 = 0

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// What the last call of the system failed with.
    static func system(_ what: String = "") -> AuditFileFault {
        let number = errno
        var fault = AuditFileFault(.system, what + systemMessage(number))
        fault.number = number
        return fault
    }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    let message = unsafe String(cString: text)
    return message.prefix(1).lowercased() + message.dropFirst()
}

extension AuditFileFault {
    /// Whether the file is the trouble, not the machine: it is not there, may not be read, or is no
    /// log.
    package var isUnreadable: Bool {
        kind == .content || [ENOENT, ENOTDIR, EACCES, EISDIR, ELOOP, 0].contains(number)
    }
}

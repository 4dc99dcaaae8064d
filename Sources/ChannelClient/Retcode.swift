import CCoreServices

/// Why a call failed: a code of `rtl/retcode.h`.
///
/// Of the numbers only `rcTimeout` is documented; the others are kosbroker's choice.
public struct Retcode: RawRepresentable, Hashable, Sendable, Error, CustomStringConvertible {
    /// The code as the C functions return it; never 0, which is success.
    public let rawValue: Int32

    /// Any code, with a name or without.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    private init(general code: Int32) { rawValue = Int32(bitPattern: 0x9000_0000) | code }

    /// `rcInvalidArgument`: a name that is none, or a closed handle.
    public static let invalidArgument = Retcode(general: 1)
    /// `rcNotConnected`: the other process ended, or there is no broker.
    public static let notConnected = Retcode(general: 2)
    /// `rcBufferTooSmall`: a message is larger than the room for it.
    public static let bufferTooSmall = Retcode(general: 4)
    /// `rcFail`: the server received the next request without replying to this one.
    public static let fail = Retcode(general: 12)
    /// `rcUnimplemented`: what the broker does not offer.
    public static let unimplemented = Retcode(general: 15)
    /// `rcBufferTooLarge`: a message of more than 64 KiB.
    public static let bufferTooLarge = Retcode(general: 16)
    /// `rcResourceNotFound`: no such process, request or entry.
    public static let resourceNotFound = Retcode(general: 18)
    /// `rcTimeout`: the deadline passed.
    public static let timeout = Retcode(general: 20)
    /// `rcSecurityDisallow`: the policy denies.
    public static let securityDisallow = Retcode(general: 21)
    /// `rcAbort`: the server dropped the request.
    public static let abort = Retcode(general: 23)
    /// `rcAlreadyExists`: the same endpoint is published already.
    public static let alreadyExists = Retcode(general: 25)
    /// `rcInvalidOperation`: a handle of the wrong kind, or a reply without a request.
    public static let invalidOperation = Retcode(general: 26)
    /// `rcQuotaExceeded`: a limit of the broker.
    public static let quotaExceeded = Retcode(general: 28)

    /// The name of the C constant, such as `rcTimeout`.
    public var description: String { unsafe "rc" + String(cString: rtl_retcode_name(rawValue)) }
}

/// Throws what a C function returned, unless that is `rcOk`.
func check(_ retcode: Int32) throws(Retcode) {
    guard retcode == 0 else { throw Retcode(rawValue: retcode) }
}

/// Throws unless C sees all of a name: it would take one with a zero inside for a shorter one.
func check(name: String?) throws(Retcode) {
    if let name, name.utf8.contains(0) { throw .invalidArgument }
}

extension Duration? {
    /// The C functions' timeout: never where there is no duration, and no moment too early.
    var milliseconds: UInt32 {
        guard let self else { return .max }
        let (seconds, attoseconds) = self.components
        guard seconds < 4_000_000 else { return .max - 1 }
        let partial = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return UInt32(max(0, seconds * 1000 + partial))
    }
}

/// Runs a C function that writes two names, and gives back what it wrote.
func names(
    _ body: (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) -> Int32
) throws(Retcode) -> (String, String) {
    // One byte more than the longest name has.
    var first: [CChar] = Array(repeating: 0, count: Int(kl_core_Types_UCoreStringSize))
    var second = first
    try check(unsafe body(&first, &second))
    return (String(name: first), String(name: second))
}

extension String {
    /// The name that stands in a buffer, up to its terminating zero.
    init(name buffer: [CChar]) {
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        self.init(decoding: bytes, as: UTF8.self)
    }
}

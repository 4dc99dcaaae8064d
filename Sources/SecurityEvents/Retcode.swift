/// The result of a call, laid out as `rtl/retcode.h` lays it out.
///
/// A code has 32 bits; success is 0, and an error carries severity, space, facility and code
/// (documented). Documented values: `rcOk` = 0 and `rcTimeout` = 0x90000014 (severity error, space
/// General, facility 0, code 20). All other numbers are our choice in the same layout; their names
/// are KasperskyOS's.
public struct Retcode: RawRepresentable, Hashable, Sendable, Error {
    /// The code as the API returns it: 0 or, for an error, a negative number.
    public let rawValue: Int32

    /// Any code, with a name or without.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    private init(general code: Int32) {
        rawValue = Int32(bitPattern: 0x9000_0000) | code
    }

    /// Success: `rcOk`, which is 0 (documented).
    public static let ok = Retcode(rawValue: 0)
    /// `rcInvalidArgument`: null or malformed argument, name too long, handle unknown or foreign.
    public static let invalidArgument = Retcode(general: 1)
    /// `rcNotConnected`: the other process ended.
    public static let notConnected = Retcode(general: 2)
    /// KasperskyOS's `rcOutOfMemory`; the broker never returns it.
    public static let outOfMemory = Retcode(general: 3)
    /// `rcBufferTooSmall`: the caller's buffer is too small; nothing is truncated.
    public static let bufferTooSmall = Retcode(general: 4)
    /// KasperskyOS's `rcInternalError`; the broker never returns it.
    public static let internalError = Retcode(general: 5)
    /// KasperskyOS's `rcTransferError`; the broker never returns it.
    public static let transferError = Retcode(general: 6)
    /// KasperskyOS's `rcReceiveError`; the broker never returns it.
    public static let receiveError = Retcode(general: 7)
    /// KasperskyOS's `rcSourceFault`; the broker never returns it.
    public static let sourceFault = Retcode(general: 8)
    /// KasperskyOS's `rcTargetFault`; the broker never returns it.
    public static let targetFault = Retcode(general: 9)
    /// KasperskyOS's `rcIpcInterrupt`; the broker never returns it.
    public static let ipcInterrupt = Retcode(general: 10)
    /// KasperskyOS's `rcRestart`; the broker never returns it.
    public static let restart = Retcode(general: 11)
    /// KasperskyOS's `rcFail`; the broker never returns it.
    public static let fail = Retcode(general: 12)
    /// KasperskyOS's `rcNoCapability`; the broker never returns it.
    public static let noCapability = Retcode(general: 13)
    /// KasperskyOS's `rcNotReady`; the broker never returns it.
    public static let notReady = Retcode(general: 14)
    /// `rcUnimplemented`: an operation that the broker does not offer.
    public static let unimplemented = Retcode(general: 15)
    /// KasperskyOS's `rcBufferTooLarge`; the broker never returns it.
    public static let bufferTooLarge = Retcode(general: 16)
    /// KasperskyOS's `rcBusy`; the broker never returns it.
    public static let busy = Retcode(general: 17)
    /// `rcResourceNotFound`: end of an enumeration (documented); no such process, request, entry.
    public static let resourceNotFound = Retcode(general: 18)
    /// `rcTimeout`: the deadline passed.
    public static let timeout = Retcode(general: 20)
    /// `rcSecurityDisallow`: the policy denies.
    public static let securityDisallow = Retcode(general: 21)
    /// KasperskyOS's `rcFutexWouldBlock`; the broker never returns it.
    public static let futexWouldBlock = Retcode(general: 22)
    /// `rcAbort`: the server dropped the request.
    public static let abort = Retcode(general: 23)
    /// KasperskyOS's `rcInvalidThreadState`; the broker never returns it.
    public static let invalidThreadState = Retcode(general: 24)
    /// `rcAlreadyExists`: the same endpoint is published already.
    public static let alreadyExists = Retcode(general: 25)
    /// `rcInvalidOperation`: a handle of the wrong kind.
    public static let invalidOperation = Retcode(general: 26)
    /// KasperskyOS's `rcHandleRevoked`; the broker never returns it.
    public static let handleRevoked = Retcode(general: 27)
    /// `rcQuotaExceeded`: a limit of the broker.
    public static let quotaExceeded = Retcode(general: 28)
    /// KasperskyOS's `rcDeviceNotFound`; the broker never returns it.
    public static let deviceNotFound = Retcode(general: 29)

    /// Every code that has a name, with the name of its C constant.
    public static let named: [(code: Retcode, name: String)] = [
        (.ok, "rcOk"), (.invalidArgument, "rcInvalidArgument"),
        (.notConnected, "rcNotConnected"), (.outOfMemory, "rcOutOfMemory"),
        (.bufferTooSmall, "rcBufferTooSmall"), (.internalError, "rcInternalError"),
        (.transferError, "rcTransferError"), (.receiveError, "rcReceiveError"),
        (.sourceFault, "rcSourceFault"), (.targetFault, "rcTargetFault"),
        (.ipcInterrupt, "rcIpcInterrupt"), (.restart, "rcRestart"), (.fail, "rcFail"),
        (.noCapability, "rcNoCapability"), (.notReady, "rcNotReady"),
        (.unimplemented, "rcUnimplemented"), (.bufferTooLarge, "rcBufferTooLarge"),
        (.busy, "rcBusy"), (.resourceNotFound, "rcResourceNotFound"), (.timeout, "rcTimeout"),
        (.securityDisallow, "rcSecurityDisallow"), (.futexWouldBlock, "rcFutexWouldBlock"),
        (.abort, "rcAbort"), (.invalidThreadState, "rcInvalidThreadState"),
        (.alreadyExists, "rcAlreadyExists"), (.invalidOperation, "rcInvalidOperation"),
        (.handleRevoked, "rcHandleRevoked"), (.quotaExceeded, "rcQuotaExceeded"),
        (.deviceNotFound, "rcDeviceNotFound"),
    ]

    /// The code with this C name, or nil.
    public init?(named name: String) {
        guard let entry = Self.named.first(where: { $0.name == name }) else { return nil }
        self = entry.code
    }

    /// The name of the C constant; the number in hexadecimal where there is none.
    public var name: String {
        if let entry = Self.named.first(where: { $0.code == self }) { return entry.name }
        return "0x" + String(UInt32(bitPattern: rawValue), radix: 16)
    }
}

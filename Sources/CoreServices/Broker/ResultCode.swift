/// The retcodes that the library itself returns; Swift does not import the macros of
/// `rtl/retcode.h`. All others come from the broker.
enum ResultCode {
    /// `rcOk`
    static let ok: Int32 = 0
    /// `rcInvalidArgument`
    static let invalidArgument = error(1)
    /// `rcNotConnected`: there is no broker, or no longer.
    static let notConnected = error(2)
    /// `rcBufferTooSmall`
    static let bufferTooSmall = error(4)
    /// `rcFail`
    static let fail = error(12)
    /// `rcBufferTooLarge`
    static let bufferTooLarge = error(16)
    /// `rcTimeout`
    static let timeout = error(20)
    /// `rcSecurityDisallow`
    static let securityDisallow = error(21)
    /// `rcInvalidOperation`: a handle of the wrong kind.
    static let invalidOperation = error(26)
    /// `rcQuotaExceeded`: the process has no descriptor left.
    static let quotaExceeded = error(28)

    /// Severity error, space General, facility 0.
    private static func error(_ code: Int32) -> Int32 { Int32(bitPattern: 0x9000_0000) | code }
}

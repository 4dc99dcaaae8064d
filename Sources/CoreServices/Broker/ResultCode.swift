/// The retcodes that the library itself returns; all others come from the broker.
///
/// Swift does not import the macros of `rtl/retcode.h`.
package enum ResultCode {
    /// `rcOk`.
    package static let ok: Int32 = 0
    /// `rcInvalidArgument`.
    package static let invalidArgument = error(1)
    /// `rcNotConnected`: there is no broker or no other side, or no longer.
    package static let notConnected = error(2)
    /// `rcBufferTooSmall`.
    package static let bufferTooSmall = error(4)
    /// `rcFail`.
    package static let fail = error(12)
    /// `rcBufferTooLarge`.
    package static let bufferTooLarge = error(16)
    /// `rcTimeout`.
    package static let timeout = error(20)
    /// `rcSecurityDisallow`.
    package static let securityDisallow = error(21)
    /// `rcInvalidOperation`: a handle of the wrong kind.
    package static let invalidOperation = error(26)
    /// `rcQuotaExceeded`: the process has no descriptor left.
    package static let quotaExceeded = error(28)

    /// Severity error, space General, facility 0.
    private static func error(_ code: Int32) -> Int32 { Int32(bitPattern: 0x9000_0000) | code }
}

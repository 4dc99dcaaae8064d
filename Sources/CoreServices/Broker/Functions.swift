import CSystemShims

// What the functions of the C headers have in common.

/// Does what a C function does, with the connection of this process.
///
/// - Returns: what `body` returns; `rcNotConnected` where there is no connection.
func connected(_ body: (Connection) -> Int32) -> Int32 {
    let state = kosbroker_cancel_hold()
    defer { kosbroker_cancel_restore(state) }
    guard let connection = Connection.shared else {
        kosbroker_explain_missing()
        return ResultCode.notConnected
    }
    return body(connection)
}

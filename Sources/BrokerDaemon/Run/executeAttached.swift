import CSystemShims
@unsafe @preconcurrency import Glibc

/// Why a program was not attached to a broker.
package enum AttachFault: Error {
    /// The policy of that broker denies it.
    case denied(String)
    /// Something else keeps it from being.
    case failed(String)
}

/// Attaches this process to a running broker and becomes a program of the solution.
///
/// The broker is not asked for a program that is not there: the process would have begun, and ended.
///
/// - Parameters:
///   - process: the process that the program is to be.
///   - command: the program, looked for as a shell does, and its arguments.
///   - control: the path of the broker's control socket; nil where only one broker runs.
/// - Throws: why it does not become that program; otherwise it does not return.
package func executeAttached(
    as process: String,
    _ command: [String],
    control: String?
) throws(AttachFault) -> Never {
    try findProgram(command.first ?? "")
    let path: String
    if let control { path = control } else { path = try onlyBroker() }
    let identity = try identity(of: process, from: path)
    let inode: UInt64
    do throws(SystemFault) {
        inode = try inodeNumber(of: identity.raw)
    } catch {
        throw .failed(error.message)
    }
    // The program's copy: unlike ours it stays open when it takes over.
    let raw = identity.take()
    if raw == 3 {
        _ = fcntl(3, F_SETFD, 0)
    } else {
        dup2(raw, 3)
        close(raw)
    }
    unsafe setenv(Launcher.identityVariable, "3:\(inode)", 1)
    let error = unsafe withCStrings(command.map { Array($0.utf8) }) { arguments in
        guard let file = unsafe arguments.pointee else { return EINVAL }
        unsafe execvp(file, arguments)
        return errno
    }
    let reason = SystemFault(call: "cannot execute `\(command.first ?? "")`", number: error)
    throw .failed(reason.message)
}

/// Makes sure that there is a program of that name, looked for as a shell does.
private func findProgram(_ name: String) throws(AttachFault) {
    var files = name.isEmpty ? [] : [name]
    if !files.isEmpty, !name.contains("/") {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/bin:/usr/bin"
        files = path.split(separator: ":", omittingEmptySubsequences: false).map { folder in
            folder.isEmpty ? name : "\(folder)/\(name)"
        }
    }
    guard !files.contains(where: ProgramFolders.isExecutable) else { return }
    let isThere = files.contains { unsafe access($0, F_OK) == 0 }
    let fault = SystemFault(call: "cannot execute `\(name)`", number: isThere ? EACCES : ENOENT)
    throw .failed(fault.message)
}

/// The control socket of the one broker that runs.
private func onlyBroker() throws(AttachFault) -> String {
    let paths = ControlPlace.live()
    if let path = paths.first, paths.count == 1 { return path }
    if paths.isEmpty {
        throw .failed(
            "no broker listens in `\(ControlPlace.folder)`; start one with `kosbroker run`, "
                + "or say where it listens with --control"
        )
    }
    let list = paths.map { "`\($0)`" }.joined(separator: ", ")
    throw .failed("several brokers run; say which with --control: \(list)")
}

private func identity(
    of process: String,
    from path: String
) throws(AttachFault) -> Descriptor {
    let raw = unsafe kosbroker_connect(path)
    guard raw >= 0 else {
        throw .failed(SystemFault(call: "no broker answers at `\(path)`", number: -raw).message)
    }
    let socket = Descriptor(raw)
    var user: uid_t = 0
    guard unsafe kosbroker_peer_user(socket.raw, &user) == 0, user == geteuid() else {
        throw .failed("the broker at `\(path)` is another user's")
    }
    let request = ControlMessage.request(Array(process.utf8))
    var bytes = [UInt8](repeating: 0, count: ControlMessage.maximumSize)
    var descriptor: Int32 = -1
    guard unsafe kosbroker_send(socket.raw, request, request.count, -1, 0) >= 0 else {
        throw .failed("the broker at `\(path)` takes no request")
    }
    let count = unsafe kosbroker_receive(socket.raw, &bytes, bytes.count, &descriptor, 0)
    let identity = Descriptor(descriptor)
    guard (1...bytes.count).contains(count),
        let (answer, text) = ControlMessage.read(answer: bytes[..<count])
    else { throw .failed("the broker at `\(path)` gave no answer") }
    switch answer {
    case .denied: throw .denied(text)
    case .impossible: throw .failed(text)
    case .granted:
        guard identity.raw >= 0 else { throw .failed("the broker's answer has no identity") }
        return identity
    }
}

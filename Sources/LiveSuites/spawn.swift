import BrokerDaemon
@unsafe @preconcurrency import Glibc

/// Starts an agent with nothing but standard error, its identity on 3 and its control socket on 4.
func spawn(
    _ program: [String],
    identity: Int32,
    control: Int32
) throws(SystemFault) -> pid_t {
    // Out of the way of the numbers that they get.
    let first = Descriptor(fcntl(identity, F_DUPFD_CLOEXEC, 10))
    let second = Descriptor(fcntl(control, F_DUPFD_CLOEXEC, 10))
    var status = stat()
    guard first.raw >= 0, second.raw >= 0, unsafe fstat(identity, &status) == 0 else {
        throw SystemFault(call: "fcntl", number: errno)
    }
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO] {
        unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, first.raw, 3)
    unsafe posix_spawn_file_actions_adddup2(&actions, second.raw, Agent.control)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

    var process: pid_t = 0
    let variables = environment(identity: "3:\(status.st_ino)")
    let fault = unsafe withCStrings(program) { arguments in
        unsafe withCStrings(variables) { variables in
            unsafe posix_spawn(&process, program[0], &actions, &attributes, arguments, variables)
        }
    }
    guard fault == 0 else { throw SystemFault(call: "posix_spawn", number: fault) }
    return process
}

/// Our environment without what is meant for us as a process of a solution, and with what is for
/// the agent.
private func environment(identity: String) -> [String] {
    var variables = ["KOSBROKER_IDENTITY=" + identity]
    var next = unsafe environ
    while let variable = unsafe next.pointee {
        let text = unsafe String(cString: variable)
        if !text.hasPrefix("KOSBROKER_") || text.hasPrefix("KOSBROKER_DEBUG=") {
            variables.append(text)
        }
        unsafe next += 1
    }
    return variables
}

/// Calls `body` with `texts` as C passes them, ended by a null.
private func withCStrings<Result>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe texts.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe copies.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("the list has a null") }
        return unsafe body(start)
    }
}

@unsafe @preconcurrency import Glibc

/// A child process that runs a shell command, in a process group of its own.
///
/// The group is what is killed at the end: a shell may have started others.
final class ChildProgram {
    /// nil once the child was reaped.
    private var process: pid_t?

    /// Starts `/bin/sh -c command`; standard error is ours, all other descriptors are closed in it,
    /// and no signal is blocked or ignored.
    ///
    /// - Throws: what kept it from starting.
    init(command: String, standardInputAndOutput descriptor: Int32) throws(EngineFault) {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
        for other in try openDescriptors() where other > STDERR_FILENO {
            unsafe posix_spawn_file_actions_addclose(&actions, other)
        }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var process: pid_t = 0
        let error = unsafe withArguments(["sh", "-c", command]) {
            unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, $0, environ)
        }
        guard error == 0 else {
            throw EngineFault("the program cannot be started: \(systemMessage(error))")
        }
        self.process = process
    }

    deinit {
        _ = killAndReap()
    }

    /// Ends the program, if it has not ended, and says how it did.
    func end() -> EngineFault {
        guard let status = killAndReap() else { return EngineFault("the program ended") }
        let signal = status & 0x7F
        if signal == 0 {
            return EngineFault("the program ended with exit code \(status >> 8 & 0xFF)")
        }
        // Ours, most likely: it was alive and had closed its standard input and output.
        if signal == SIGKILL { return EngineFault("the program closed its connection") }
        return EngineFault("the program was ended by signal \(signal)")
    }

    /// Ends the program because of `reason`.
    func end(_ reason: String) -> EngineFault {
        _ = killAndReap()
        return EngineFault(reason)
    }

    /// The child's status as `waitpid` gives it, or nil if somebody else has reaped it.
    private func killAndReap() -> Int32? {
        guard let process else { return nil }
        self.process = nil
        // Itself too: a program may have moved to another group, and we wait for it below.
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        return status
    }
}

/// What the system says about an error number.
func systemMessage(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}

/// The numbers of our descriptors: a child inherits those that are not marked, whoever made them.
private func openDescriptors() throws(EngineFault) -> [Int32] {
    guard let directory = unsafe opendir("/proc/self/fd") else {
        throw EngineFault("the program cannot be started: /proc/self/fd: \(systemMessage(errno))")
    }
    defer { unsafe closedir(directory) }
    var numbers: [Int32] = []
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
            unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if let number = Int32(name) { numbers.append(number) }
    }
    return numbers
}

/// Calls `body` with `arguments` as C passes them, ended by a null.
private func withArguments<Result>(
    _ arguments: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe copies.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("the list has a null") }
        return unsafe body(start)
    }
}

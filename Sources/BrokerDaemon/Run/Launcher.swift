import CSystemShims
@unsafe @preconcurrency import Glibc
import SecurityEvents

/// Starts programs as processes of a solution.
///
/// A program has just four descriptors: an empty standard input, two pipes to us, and the identity
/// that says which process it is. Whatever else is open here stays here.
package struct Launcher {
    /// The variable by which the C library finds the identity.
    static let identityVariable = "KOSBROKER_IDENTITY"
    /// What our own variables begin with: none is inherited.
    private static let ownPrefix = Array("KOSBROKER_".utf8)

    /// Variables that every program inherits, as `KEY=VALUE`.
    private let inherited: [[UInt8]]
    /// How many descriptors a program may have: as many as we had before we raised that for us.
    private let descriptorLimit: UInt

    /// A launcher whose programs inherit this process's environment.
    package init() {
        self.init(environment: currentEnvironment())
    }

    /// A launcher whose programs inherit `environment`, texts of the form `KEY=VALUE`.
    init(environment: [[UInt8]]) {
        inherited = environment.filter { !$0.starts(with: Self.ownPrefix) }
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        descriptorLimit = limit.rlim_cur
    }

    /// Starts `program` with `identity`, of which no copy stays here.
    ///
    /// - Throws: also what kept the file from being executed.
    func start(
        _ program: Program,
        identity: consuming Descriptor
    ) throws(SystemFault) -> ChildProcess {
        let output = try Pipe()
        let errors = try Pipe()
        let process = try spawn(
            program,
            output: output.writing.raw,
            errors: errors.writing.raw,
            identity: identity.raw
        )
        return try ChildProcess(
            name: program.process,
            process: process,
            output: output.takeReading(),
            errors: errors.takeReading()
        )
    }

    /// Starts `program` for a test, which tells it over `control`, on its descriptor 4, what to do.
    ///
    /// It writes to our standard error.
    ///
    /// - Returns: its process ID, which is the caller's to wait for.
    /// - Throws: also what kept the file from being executed.
    package func start(
        _ program: Program,
        identity: consuming Descriptor,
        control: consuming Descriptor
    ) throws(SystemFault) -> Int32 {
        try spawn(
            program,
            output: STDERR_FILENO,
            errors: STDERR_FILENO,
            identity: identity.raw,
            control: control.raw
        )
    }

    private func spawn(
        _ program: Program,
        output: Int32,
        errors: Int32,
        identity: Int32,
        control: Int32 = -1
    ) throws(SystemFault) -> Int32 {
        let environment = environment(of: program, inode: try inodeNumber(of: identity))
        let process = unsafe withCStrings(program.arguments.map { Array($0.utf8) }) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe program.file.withCString { path in
                    var description = unsafe kosbroker_program(
                        path: path,
                        arguments: arguments,
                        environment: environment,
                        output: output,
                        errors: errors,
                        identity: identity,
                        control: control,
                        descriptors: descriptorLimit
                    )
                    return unsafe kosbroker_spawn(&description)
                }
            }
        }
        guard process > 0 else {
            throw SystemFault(call: "cannot execute `\(program.file)`", number: -process)
        }
        return process
    }

    /// The description's variables over the inherited ones, and ours over both.
    private func environment(of program: Program, inode: UInt64) -> [[UInt8]] {
        var own = program.environment
        own.removeAll { $0.key == Self.identityVariable }
        own.append((Self.identityVariable, "3:\(inode)"))
        let names = Set(own.map { Array($0.key.utf8) })
        let kept = inherited.filter { entry in
            !names.contains(Array(entry.prefix { $0 != UInt8(ascii: "=") }))
        }
        return kept + own.map { Array("\($0.key)=\($0.value)".utf8) }
    }
}

/// The number by which an identity's variable names the socket: a stale variable names another.
func inodeNumber(of descriptor: Int32) throws(SystemFault) -> UInt64 {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
        throw SystemFault(call: "fstat", number: errno)
    }
    return UInt64(status.st_ino)
}

/// A pipe from a program to us.
private struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(SystemFault) {
        var ends: (reading: Int32, writing: Int32) = (-1, -1)
        let result = unsafe kosbroker_pipe(&ends.reading, &ends.writing)
        guard result == 0 else { throw SystemFault(call: "pipe", number: -result) }
        reading = Descriptor(ends.reading)
        writing = Descriptor(ends.writing)
    }

    consuming func takeReading() -> Descriptor { reading }
}

/// This process's variables, as `KEY=VALUE`.
private func currentEnvironment() -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var next = unsafe environ
    while let entry = unsafe next.pointee {
        entries.append(unsafe Array(UnsafeRawBufferPointer(start: entry, count: strlen(entry))))
        unsafe next += 1
    }
    return entries
}

/// Calls `body` with texts as C passes a list of them, ended by a null.
func withCStrings<Result>(
    _ texts: [[UInt8]],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var storage: [CChar] = []
    for text in texts { storage += text.map { CChar(bitPattern: $0) } + [0] }
    return unsafe storage.withUnsafeMutableBufferPointer { bytes in
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe []
        var start = 0
        for text in texts {
            unsafe pointers.append(bytes.baseAddress?.advanced(by: start))
            start += text.count + 1
        }
        unsafe pointers.append(nil)
        return unsafe pointers.withUnsafeBufferPointer { list in
            guard let first = list.baseAddress else { preconditionFailure("the list has a null") }
            return unsafe body(first)
        }
    }
}

import Glibc
package import LocatedYAML

/// The files of the machine: the shell around everything that only takes and gives bytes.
package enum SystemFiles {
    /// Reads documents from files, and `-` from standard input.
    package static let documents = DocumentSource(identity: identity) { path, limit in
        read(path, limit: limit)
    }

    /// The path without links and relative parts; as it is where there is no such file.
    private static func identity(_ path: String) -> [UInt8] {
        guard let resolved = unsafe realpath(path, nil) else { return Array(path.utf8) }
        defer { unsafe free(resolved) }
        return unsafe Array(String(cString: resolved).utf8)
    }

    /// Reads a file of at most `limit` bytes; one byte more is not read.
    package static func read(_ path: String, limit: Int) -> Result<[UInt8], ReadFault> {
        if path == "-" { return readAll(descriptor: STDIN_FILENO, limit: limit) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(ReadFault(lastError())) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            return .failure(ReadFault(lastError()))
        }
        if status.st_mode & S_IFMT == S_IFDIR { return .failure(ReadFault("it is a folder")) }
        return readAll(descriptor: descriptor, limit: limit, expected: Int(status.st_size))
    }

    /// Reads to the end, or fails as soon as there is more than `limit`: an endless input ends too.
    private static func readAll(
        descriptor: Int32,
        limit: Int,
        expected: Int = 0
    ) -> Result<[UInt8], ReadFault> {
        let tooLarge = ReadFault("it is larger than \(limit >> 20) MiB")
        if expected > limit { return .failure(tooLarge) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected + 1)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return .failure(ReadFault(lastError())) }
            if count == 0 { return .success(bytes) }
            if bytes.count + count > limit { return .failure(tooLarge) }
            bytes += chunk[0..<count]
        }
    }

    /// Replaces a file as a whole: whoever reads it finds the old contents or the new.
    ///
    /// - Throws: ``WriteFault`` with the system's words.
    package static func write(_ bytes: [UInt8], to path: String) throws(WriteFault) {
        if path == "-" { return try write(bytes, descriptor: STDOUT_FILENO) }
        // A pipe or a device is written to, not replaced.
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw WriteFault(message: lastError()) }
            defer { close(descriptor) }
            return try write(bytes, descriptor: descriptor)
        }
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw WriteFault(message: lastError()) }
        do throws(WriteFault) {
            try write(bytes, descriptor: descriptor)
        } catch {
            close(descriptor)
            unsafe unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            let fault = WriteFault(message: lastError())
            unsafe unlink(temporary)
            throw fault
        }
    }

    /// Writes all of `bytes`, however many calls that takes.
    package static func write(_ bytes: [UInt8], descriptor: Int32) throws(WriteFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw WriteFault(message: lastError()) }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes a folder with those above it; one that is there already is fine.
    package static func makeFolder(_ path: String) throws(WriteFault) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
            guard unsafe mkdir(made, 0o755) != 0, errno != EEXIST else { continue }
            throw WriteFault(message: lastError())
        }
    }

    /// Whether `path` is a folder, or a link to one.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether `path` is a file that this process may execute.
    package static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && access(path, X_OK) == 0
    }

    /// Whether anything is at `path`.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// The folder that relative paths start from.
    package static var currentFolder: String {
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// What is in a folder, by name in byte order; nothing where it cannot be read.
    ///
    /// A link to a folder counts as a file.
    package static func entries(of folder: String) -> [(name: String, isFolder: Bool)] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe _ = closedir(stream) }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            let isFolder =
                unsafe lstat("\(folder)/\(name)", &status) == 0
                && status.st_mode & S_IFMT == S_IFDIR
            entries.append((name, isFolder))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Whether people are looking.
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The value of an environment variable that is there and not empty.
    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    private static func lastError() -> String {
        guard let text = unsafe strerror(errno) else { return "error \(errno)" }
        let message = unsafe String(cString: text)
        return message.prefix(1).lowercased() + message.dropFirst()
    }
}

/// What kept bytes from being written.
package struct WriteFault: Error, Hashable, Sendable {
    package var message: String
}

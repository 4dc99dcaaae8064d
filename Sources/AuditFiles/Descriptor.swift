import Glibc

/// An open file; it closes when nobody uses it any more.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes over an open descriptor.
    init(owning number: Int32) { self.number = number }

    init(opening path: String, _ flags: Int32, mode: mode_t = 0o640) throws(AuditFileFault) {
        number = unsafe open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw AuditFileFault.system() }
    }

    deinit { if number >= 0 { close(number) } }

    func status() throws(AuditFileFault) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw AuditFileFault.system() }
        return status
    }

    /// Reads at most as many bytes as `buffer` has; 0 at the end.
    func read(into buffer: inout [UInt8]) throws(AuditFileFault) -> Int {
        while true {
            let count = unsafe Glibc.read(number, &buffer, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw AuditFileFault.system() }
        }
    }

    /// The bytes of `range`, all of which are there.
    func bytes(_ range: Range<Int>) throws(AuditFileFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                return unsafe pread(number, rest.baseAddress, rest.count, range.lowerBound + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AuditFileFault.system() }
            guard count > 0 else { throw AuditFileFault(.system, "the file became shorter") }
            done += count
        }
        return bytes
    }

    /// Writes as much of `bytes` as can be written, and says how much that is.
    ///
    /// - Returns: the number of bytes, and the error number of what stopped it, 0 for nothing.
    func write(_ bytes: ArraySlice<UInt8>) -> (count: Int, error: Int32) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                return unsafe Glibc.write(number, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return (done, errno) }
            done += count
        }
        return (done, 0)
    }
}

/// Makes a new entry of a folder, such as a file that was just made, outlive a loss of power.
func synchronizeFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    // Some file systems cannot do that; the log itself is what counts.
    guard let descriptor = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY) else { return }
    fsync(descriptor.number)
}

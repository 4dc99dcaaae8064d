import CSystemShims
import Glibc

/// Where control sockets are.
enum ControlPlace {
    /// The folder where a socket is whose path nobody gave.
    static var folder: String {
        if let runtime = unsafe getenv("XDG_RUNTIME_DIR"), unsafe runtime.pointee != 0 {
            return unsafe "\(String(cString: runtime))/kosbroker"
        }
        return "/tmp/kosbroker-\(geteuid())"
    }

    /// Makes a folder that is the user's alone, or makes sure that it is.
    ///
    /// - Throws: where somebody else has made it first, or may write to it.
    static func makePrivate(_ folder: String) throws(SystemFault) {
        let call = "cannot make the folder `\(folder)`"
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw SystemFault(call: call, number: errno)
        }
        var status = stat()
        guard unsafe lstat(folder, &status) == 0 else {
            throw SystemFault(call: call, number: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else { throw SystemFault(call: "`\(folder)` is not this user's alone", number: EPERM) }
    }

    /// Removes a socket at which nobody listens any more: that of a broker that was killed.
    ///
    /// - Throws: where somebody does.
    static func removeStale(_ path: String) throws(SystemFault) {
        let connection = unsafe kosbroker_connect(path)
        if connection >= 0 {
            close(connection)
            throw SystemFault(call: "a broker listens at `\(path)`", number: EADDRINUSE)
        }
        // What is no socket refuses as well, and stays.
        var status = stat()
        guard connection == -ECONNREFUSED, unsafe lstat(path, &status) == 0,
            status.st_mode & S_IFMT == S_IFSOCK
        else { return }
        unsafe unlink(path)
    }

    /// The sockets in the folder at which somebody listens, in order.
    static func live() -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe _ = closedir(stream) }
        var paths: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = "\(folder)/\(name)"
            let connection = unsafe kosbroker_connect(path)
            guard connection >= 0 else { continue }
            close(connection)
            paths.append(path)
        }
        return paths.sorted()
    }
}

@testable import BrokerDaemon
import CSystemShims
import Foundation
import Testing

/// Who may open the control socket, and what is said over it.
@Suite(.timeLimit(.minutes(1))) final class RunControlTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `the socket is the user's alone, whatever the umask, and goes with the broker`()
        throws
    {
        let before = umask(0)
        defer { umask(before) }
        do {
            let socket = try ControlSocket(path: path("c"))
            #expect(mode(socket.path) == 0o600)
        }
        #expect(!FileManager.default.fileExists(atPath: path("c")))
    }

    @Test func `the folder is made for the user alone, and another one is not trusted`() throws {
        try ControlPlace.makePrivate(path("new"))
        #expect(mode(path("new")) == 0o700)
        try ControlPlace.makePrivate(path("new"))
        for (name, mode) in [("open", mode_t(0o755)), ("writable", 0o770)] {
            unsafe mkdir(path(name), 0o700)
            unsafe chmod(path(name), mode)
            #expect(throws: SystemFault.self) { try ControlPlace.makePrivate(self.path(name)) }
        }
        unsafe symlink(path("new"), path("link"))
        #expect(throws: SystemFault.self) { try ControlPlace.makePrivate(self.path("link")) }
        try Data().write(to: folder.appending(path: "file"))
        #expect(throws: SystemFault.self) { try ControlPlace.makePrivate(self.path("file")) }
        #expect(throws: SystemFault.self) { try ControlPlace.makePrivate(self.path("no/folder")) }
    }

    @Test func `a second broker does not take the socket of a first, only that of a dead one`()
        throws
    {
        let first = try ControlSocket(path: path("c"))
        let error = #expect(throws: SystemFault.self) {
            _ = try ControlSocket(path: self.path("c"))
        }
        #expect(error?.number == EADDRINUSE)
        withExtendedLifetime(first) {}
        let stale = unsafe kosbroker_listen(path("stale"))
        close(stale)
        #expect(FileManager.default.fileExists(atPath: path("stale")))
        _ = try ControlSocket(path: path("stale"))
        try Data().write(to: folder.appending(path: "file"))
        #expect(throws: SystemFault.self) { _ = try ControlSocket(path: self.path("file")) }
        #expect(FileManager.default.fileExists(atPath: path("file")))
        let long = path(String(repeating: "x", count: 200))
        #expect(throws: SystemFault.self) { _ = try ControlSocket(path: long) }
    }

    private func send(_ bytes: [UInt8], to socket: ControlSocket) -> [UInt8]? {
        let client = unsafe kosbroker_connect(socket.path)
        defer { close(client) }
        guard let connection = socket.accept() else { return nil }
        if !bytes.isEmpty { _ = unsafe kosbroker_send(client, bytes, bytes.count, -1, 0) }
        return connection.request()
    }

    @Test func `a request is a version and a name, and nothing is waited for`() throws {
        let socket = try ControlSocket(path: path("c"))
        #expect(socket.accept() == nil)
        #expect(send(ControlMessage.request([65, 66]), to: socket) == [65, 66])
        #expect(send([9, 65], to: socket) == nil)
        #expect(send([], to: socket) == nil)
        #expect(send([UInt8](repeating: 1, count: 5000), to: socket) == nil)
    }

    @Test func `an answer says whether and why, and brings the identity`() throws {
        let socket = try ControlSocket(path: path("c"))
        let client = unsafe kosbroker_connect(socket.path)
        defer { close(client) }
        let connection = try #require(socket.accept())
        connection.refuse(.denied, "why")
        let (near, far) = socketPair()
        defer { close(near) }
        let isTaken = connection.grant(Descriptor(far))
        #expect(isTaken)

        var bytes = [UInt8](repeating: 0, count: 100)
        var descriptor: Int32 = -1
        var count = unsafe kosbroker_receive(client, &bytes, bytes.count, &descriptor, 0)
        let refusal = try #require(ControlMessage.read(answer: bytes[..<count]))
        #expect(refusal == (.denied, "why"))
        #expect(descriptor == -1)
        count = unsafe kosbroker_receive(client, &bytes, bytes.count, &descriptor, 0)
        #expect(ControlMessage.read(answer: bytes[..<count])?.answer == .granted)
        #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
        close(descriptor)
        #expect(ControlMessage.read(answer: [1]) == nil)
        #expect(ControlMessage.read(answer: [1, 7]) == nil)
        #expect(ControlMessage.read(answer: [2, 0]) == nil)
    }

    @Test func `the end of who asked is noticed`() throws {
        let socket = try ControlSocket(path: path("c"))
        let client = unsafe kosbroker_connect(socket.path)
        defer { close(client) }
        let peer = try #require(socket.accept()).peer()
        var entry = pollfd(fd: peer.raw, events: Int16(POLLIN), revents: 0)
        // It is this process, which has not ended.
        #expect(unsafe poll(&entry, 1, 0) == 0)
    }
}

@testable import BrokerDaemon
import CSystemShims
import Foundation

/// Whether `descriptor` becomes readable.
func waitUntilReadable(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, 30_000) == 1
}

/// How a program ended, which it does soon.
func waitForEnd(of child: ChildProcess) -> ProgramEnd? {
    while !child.reap() {
        guard waitUntilReadable(child.endDescriptor) else { return nil }
    }
    return child.end
}

/// All lines that a program writes until its end.
func readAll(_ output: ProgramOutput) -> [String] {
    var lines: [String] = []
    while waitUntilReadable(output.descriptor) {
        let (more, isAtEnd) = output.read()
        lines += more
        if isAtEnd { break }
    }
    return lines
}

func kosbrokerOpenProcess(_ process: pid_t) -> Int32 { kosbroker_open_process(process) }

/// A new folder, which the caller removes.
func temporaryFolder() throws -> URL {
    let folder = URL(fileURLWithPath: "/tmp/kosbroker-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// Two connected sockets, which the caller closes.
func socketPair() -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
    _ = unsafe socketpair(AF_UNIX, type, 0, &ends)
    return (ends[0], ends[1])
}

import ChannelClient

/// Reads the status of the control process a few times, and finds that it may not reach a signal.
@main enum StatusReader {
    static func main() async throws {
        let status = try await findStatus()
        let control = try connect(
            to: status.server,
            endpoint: status.endpoint,
            timeout: .seconds(5)
        )
        print("connected to \(status.server)")
        for _ in 0..<3 {
            let reply = try control.call(method: 0, Message())
            print("the junction is \(isSafe(reply.constant) ? "safe" : "not safe")")
            try await Task.sleep(for: .milliseconds(300))
        }
        try control.close()

        do throws(Retcode) {
            let signal = try connect(to: "SignalNorth", endpoint: "signal.mode")
            try signal.close()
            print("SignalNorth: connected, which nobody but the control process may be")
        } catch {
            print("SignalNorth: \(error)")
        }
    }

    /// Waits until somebody has published a status.
    static func findStatus() async throws -> NameServer.Entry {
        let nameServer = try NameServer(timeout: .seconds(5))
        for _ in 0..<100 {
            if let entry = try nameServer.entry(of: "tl.IStatus", at: 0) { return entry }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Retcode.timeout
    }

    /// Whether a status, which is three numbers (phase, north, east), has a green signal at most.
    static func isSafe(_ status: [UInt8]) -> Bool {
        let words = status.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - 3, by: 4).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)
            }
        }
        return words.count == 3 && words[1...].count { $0 == 1 } <= 1
    }
}

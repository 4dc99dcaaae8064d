import AuditLog
import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing

/// Many processes and many channels.
struct LoadTests {
    @Test(.timeLimit(.minutes(5)))
    func `200 processes open and close 10,000 channels, and memory stays as it was`() async {
        await #expect(processExitsWith: .success) {
            attempt { try visits() }
        }
    }
}

/// Counts records and forgets them: in memory, the log alone would grow.
private final class CountingOutput: AuditOutput {
    private(set) var deleted = 0

    func append(_ record: AuditRecord) {
        if record.kind == .channelDeleted, record.endpoint == "live.echo" { deleted += 1 }
    }

    func write() -> Bool { true }
}

private func visits() throws {
    let server: ProcessName = "live.Server"
    // Each program under a sanitizer takes as much of the machine as ten others.
    let clients = try (1...(isSanitized ? 19 : 199)).map { try ProcessName("live.Client\($0)") }
    let output = CountingOutput()
    let run = try LiveRun(processes: [server] + clients, audit: output)
    try run.start(server, "server")

    /// All clients at once; each visits the server so many times.
    func batch(_ count: Int) throws {
        let deleted = output.deleted + clients.count * count
        for client in clients { try run.start(client, "client", "\(count)") }
        try run.turn(
            until: { run.running == 1 && output.deleted == deleted },
            "the clients do not end, or channels are left",
            within: .seconds(270)
        )
    }
    try batch(3)
    let before = (residentBytes(), run.daemon.openDescriptors)
    try batch(51)
    #expect(output.deleted > 50 * clients.count)
    #expect(run.daemon.openDescriptors == before.1)
    // What 10,000 channels would take if anything of each stayed: 100 bytes are 1 MB.
    #expect(isSanitized || residentBytes() - before.0 < 500_000)
    run.kill(server)
    try run.turn(until: { run.running == 0 }, "the server does not end")
}

import BrokerCore
import BrokerDaemon
import Foundation
import SecurityEvents
import TestSupport
import Testing

/// Programs that are killed at any point of what they do.
struct KillTests {
    @Test(.timeLimit(.minutes(5)))
    func `kill -9 at any point of a call harms nobody but the killed`() async {
        // In a process of its own, whose descriptors nobody else opens and closes.
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardOutputContent]
        ) {
            attempt { try killRounds(count: rounds, seed: UInt64.random(in: 0...999_999)) }
        }
        printOutput(of: result)
    }
}

/// How often something is killed: 1,000 times, or `KOSBROKER_KILLS`.
private var rounds: Int { setting("KOSBROKER_KILLS") ?? (isSanitized ? 100 : 1000) }

/// Kills the server or the client, starts it again, and lets a fresh client through each time.
private func killRounds(count: Int, seed: UInt64) throws {
    print("kill rounds: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let server: ProcessName = "live.Server"
    let client: ProcessName = "live.Client"
    let fresh: ProcessName = "live.Fresh"
    let run = try LiveRun(processes: [server, client, fresh])
    try run.start(server, "server")
    try run.start(client, "client")
    try visit(run, fresh)
    let descriptors = openDescriptorCount()
    let own = run.daemon.openDescriptors
    for round in 0..<count {
        try run.turn(for: .microseconds(Int.random(in: 0...8000, using: &random)))
        let victim = Bool.random(using: &random) ? server : client
        run.kill(victim)
        try run.turn(
            until: { !run.isRunning(victim) && !run.daemon.broker.isThere(victim) },
            "round \(round): the end of \(victim) is not noticed"
        )
        try run.start(victim, victim == server ? "server" : "client")
        try visit(run, fresh)
    }
    run.kill(client)
    run.kill(server)
    try run.turn(until: { run.running == 0 }, "the last programs do not end")
    #expect(run.daemon.broker.pendingCount == 0)
    #expect(run.output.isGapFree)
    // Two programs and their two connections each are gone; nothing else is left of a thousand.
    #expect(run.daemon.openDescriptors < own)
    #expect(openDescriptorCount() < descriptors)
}

/// Lets a fresh client find the server, connect, call and close.
private func visit(_ run: LiveRun, _ fresh: ProcessName) throws {
    try run.start(fresh, "client", "1")
    try run.turn(until: { !run.isRunning(fresh) }, "a fresh client does not get through")
}

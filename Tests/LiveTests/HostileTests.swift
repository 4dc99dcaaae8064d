import BrokerCore
import BrokerDaemon
import Foundation
import SecurityEvents
import Testing

/// Programs that do everything wrong, beside some that behave.
struct HostileTests {
    @Test(.timeLimit(.minutes(5)))
    func `whatever a program does to the broker, it harms nobody else`() async {
        // In a process of its own, whose descriptors nobody else opens and closes.
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardOutputContent]
        ) {
            attempt { try hostileRounds("broker", count: rounds(80)) }
        }
        printOutput(of: result)
    }

    @Test(.timeLimit(.minutes(5)))
    func `whatever comes over a channel, the other side gets documented codes`() async {
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardOutputContent]
        ) {
            attempt { try hostileRounds("channels", count: rounds(60)) }
        }
        printOutput(of: result)
    }
}

/// How many hostile programs there are, one after the other.
private func rounds(_ usual: Int) -> Int {
    setting("KOSBROKER_HOSTILE") ?? (isSanitized ? usual / 4 : usual)
}

/// The first of their seeds, of which each next program has the next.
private var firstSeed: Int { setting("KOSBROKER_SEED") ?? Int.random(in: 0...999_999) }

private let hostile: ProcessName = "live.Hostile"
private let client: ProcessName = "live.Client"

/// What shows that the well-behaved go on.
private final class Visits {
    private(set) var count = 0
    /// The longest time between two of them.
    private(set) var longestGap = Duration.zero
    private var last = ContinuousClock.now

    /// The well-behaved client has closed its channel, and so has its server.
    func note(_ record: AuditRecord) {
        guard record.kind == .channelDeleted, record.client?.name == client,
            record.endpoint == "live.echo"
        else { return }
        let now = ContinuousClock.now
        longestGap = max(longestGap, now - last)
        last = now
        count += 1
    }
}

/// Lets hostile programs run while a client visits its server, and another one the hostile programs.
///
/// The client and the visitor end with a complaint, which fails the run, as soon as a call returns
/// what it must not.
private func hostileRounds(_ mode: String, count: Int) throws {
    let seeds = firstSeed...
    print("hostile programs (\(mode)): \(count) from KOSBROKER_SEED=\(seeds.lowerBound) on")
    let descriptors = openDescriptorCount()
    let server: ProcessName = "live.Server"
    let visitor: ProcessName = "live.Visitor"
    let run = try LiveRun(
        processes: [server, client, visitor, hostile],
        engine: OwnerEngine()
    )
    let visits = Visits()
    run.daemon.onRecord = { visits.note($0) }
    try run.start(server, "server")
    try run.start(client, "steady")
    try run.start(visitor, "visitor", "live.Hostile", "live.trap")
    try run.turn(until: { visits.count > 3 }, "the client does not get through")
    let own = run.daemon.openDescriptors
    for seed in seeds.prefix(count) {
        do {
            try hostileRound(run, mode, seed, visits)
        } catch {
            let deeds = run.lastWords[hostile] ?? "it still runs"
            throw LiveFault(description: "seed \(seed): \(error); \(deeds)")
        }
        // A channel that was just accepted, or a lane for a second thread of the server.
        #expect(run.daemon.openDescriptors <= own + 4, "seed \(seed)")
        #expect(run.daemon.broker.pendingCount <= 4, "seed \(seed)")
    }
    for name in [client, visitor, server] { run.kill(name) }
    try run.turn(until: { run.running == 0 }, "the last programs do not end")
    print("\(visits.count) visits; between two of them at most \(visits.longestGap)")
    #expect(run.daemon.broker.pendingCount == 0)
    #expect(run.output.isGapFree)
    #expect(run.daemon.openDescriptors == 1)
    // The daemon's set, and perhaps what the test library has opened once and for all.
    #expect(openDescriptorCount() <= descriptors + 2)
}

private func hostileRound(_ run: LiveRun, _ mode: String, _ seed: Int, _ visits: Visits) throws {
    try run.startHostile(hostile, mode, "\(seed)")
    try run.turn(
        until: { !run.isRunning(hostile) && !run.daemon.broker.isThere(hostile) },
        "the hostile program does not end"
    )
    let before = visits.count
    try run.turn(until: { visits.count > before + 2 }, "the client does not get through")
}

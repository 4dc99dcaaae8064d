import BrokerCore
import SecurityEvents
import TestSupport
import Testing

/// semantics.md section 7, "Time", and section 5, step 1.
struct TimeTests {
    @Test
    func `an unanswered request times out, and not a moment before`() {
        var world = World()
        let connect = world.call("A", .connect(to: "S", "e", ms(500))).call
        #expect(world.broker.nextDeadline == Instant.zero.advanced(byMilliseconds: 500))
        #expect(world.advance(499).effects.isEmpty)
        #expect(world.broker.pendingCount == 1)
        let expired = world.advance(1)
        #expect(expired.kinds == [.outcome])
        #expect(expired.outcomes.first?.operation == .connect)
        #expect(expired.outcomes.first?.time == world.now)
        #expect(expired.completions.map(\.call) == [connect])
        #expect(expired.completions.map(\.retcode) == [.timeout])
        #expect(world.broker.nextDeadline == nil)
        #expect(world.call("S", .accept("A")).retcode == .resourceNotFound)
    }

    @Test
    func `a deadline equal to now expires only by expire`() {
        var world = World()
        let connect = world.call("A", .connect(to: "S", "e", ms(5))).call
        world.now = world.now.advanced(byMilliseconds: 5)
        let accept = world.call("S", .accept("A"))
        #expect(accept.completions.last?.call == connect)
        #expect(accept.completions.last?.retcode == .ok)
        #expect(world.advance(0).effects.isEmpty)
    }

    @Test
    func `deadlines before now expire before the call's own records`() {
        var world = World()
        world.call("A", .connect(to: "S", "e", ms(5)))
        let later = world.call("S", .connect(to: "T", "e", ms(7))).call
        let sooner = world.call("A", .connect(to: "T", "e", ms(3))).call
        world.now = world.now.advanced(byMilliseconds: 7)
        let accept = world.call("S", .accept("A"))
        #expect(accept.kinds == [.outcome, .outcome, .decision])
        #expect(accept.retcode == .resourceNotFound)
        #expect(accept.outcomes.map(\.call) == [CallID(rawValue: 1), sooner])
        #expect(accept.completions.map(\.call) == [CallID(rawValue: 1), sooner, accept.call])
        #expect(accept.effects.count == 6)
        #expect(world.broker.pendingCalls == [later])
    }

    @Test
    func `starts, ends, reloads and the stop let deadlines expire first as well`() {
        let steps: [(inout ChannelBroker, Instant) -> [Effect]] = [
            { $0.startProcess("X", at: $1).effects },
            { $0.endProcess("A", at: $1) },
            { $0.endProcess("Nobody", at: $1) },
            { $0.reload(engine: ClosureEngine.allowing, at: $1) },
            { $0.setMode(.permissive, at: $1) },
            { $0.stop(at: $1) },
        ]
        for step in steps {
            var world = World()
            world.call("A", .connect(to: "S", "e", ms(5)))
            let effects = step(&world.broker, Instant.zero.advanced(byMilliseconds: 6))
            #expect(effects.records.first?.kind == .outcome)
            #expect(effects.completions.first?.retcode == .timeout)
        }
    }

    @Test
    func `an infinite timeout never expires`() {
        var world = World()
        world.call("A", .connect(to: "S", "e", ms(.max)))
        world.call("S", .listen(.infinite))
        world.call("T", .listen(.infinite))
        #expect(world.broker.nextDeadline == nil)
        world.now = Instant(nanoseconds: .max)
        #expect(world.advance(0).effects.isEmpty)
        #expect(world.call("B", .connect(to: "S", "e", ms(7))).retcode == nil)
        #expect(world.broker.nextDeadline == Instant(nanoseconds: .max))
    }

    @Test
    func `deadlines that fall together expire in one step, by call number`() {
        var world = World()
        let calls = [9, 3, 6].map { world.call("A", .connect(to: "S", "e", ms($0))).call }
        let expired = world.advance(10)
        #expect(expired.completions.map(\.call) == calls)
        #expect(expired.outcomes.map(\.call) == calls)
        guard case .record = expired.effects[2], case .complete = expired.effects[3] else {
            Issue.record("all outcomes come before all completions")
            return
        }
    }

    @Test
    func `time never goes back`() {
        var world = World()
        world.now = Instant(nanoseconds: 100)
        world.call("A", .connect(to: "S"))
        world.now = Instant(nanoseconds: 50)
        #expect(world.call("S", .accept("A")).records.allSatisfy { $0.time.nanoseconds == 100 })
    }

    @Test
    func `deadlines come out in order, whatever was forgotten between them`() {
        var queue = DeadlineQueue()
        var random = SeededGenerator(seed: 7)
        var expected: [CallID: UInt64] = [:]
        for number in 1...2000 {
            let call = CallID(rawValue: UInt64(number))
            let deadline = UInt64.random(in: 0..<500, using: &random)
            queue.insert(Instant(nanoseconds: deadline), for: call)
            expected[call] = deadline
            if number % 3 != 0 {
                let gone = CallID(rawValue: UInt64.random(in: 1...UInt64(number), using: &random))
                queue.remove(gone)
                expected[gone] = nil
            }
            #expect(queue.next?.nanoseconds == expected.values.min())
        }
        for now in stride(from: UInt64(0), to: 500, by: 50) {
            let due = expected.filter { $0.value < now }.keys.sorted()
            #expect(queue.removeAll { $0.nanoseconds < now } == due)
            for call in due { expected[call] = nil }
        }
    }
}

import BrokerCore
import SecurityEvents

/// Steps as plain calls of a broker that is part of the test: nothing lies between.
struct InProcessTransport: Transport {
    private(set) var broker: ChannelBroker
    private(set) var now = Instant.zero
    private let startEffects: [Effect]

    /// Takes a broker that was started at zero, since all tests of a suite start alike.
    init(started broker: ChannelBroker, startEffects: [Effect]) {
        self.broker = broker
        self.startEffects = startEffects
    }

    mutating func start() -> Happenings { Happenings(startEffects) }

    mutating func perform(
        _ request: Request,
        by process: ProcessName
    ) -> (call: CallID?, happenings: Happenings) {
        let (call, effects) = broker.perform(request, by: process, at: now)
        return (call, Happenings(effects))
    }

    mutating func startProcess(
        _ name: ProcessName,
        className: ClassName?,
        by starter: ProcessName
    ) -> (result: StartResult, happenings: Happenings) {
        let result = broker.startProcess(name, className: className, by: starter, at: now)
        return (result, Happenings(result.effects))
    }

    mutating func endProcess(_ name: ProcessName) -> Happenings {
        Happenings(broker.endProcess(name, at: now))
    }

    mutating func setTime(_ time: Instant) -> Happenings {
        now = max(now, time)
        return Happenings(broker.expire(at: now))
    }
}

extension Happenings {
    /// What is to be seen of `effects`.
    fileprivate init(_ effects: [Effect]) {
        self.init()
        for effect in effects {
            switch effect {
            case .record(let record): records.append(record)
            case .complete(let completion): completed.append(CompletedCall(completion))
            // A new effect of the shell is none that a test could look at.
            default: break
            }
        }
    }
}

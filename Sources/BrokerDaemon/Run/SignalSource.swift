import CSystemShims
import Glibc

/// Signals as input of the loop instead of interruptions of it.
///
/// It is made before any thread is, so that no other thread gets them.
struct SignalSource: ~Copyable {
    enum Signal {
        /// SIGINT or SIGTERM: an end is asked for.
        case stop(Int32)
        /// SIGHUP: the policy is to be loaded again.
        case reload
    }

    private let signals: Descriptor

    init() throws(SystemFault) {
        let signals = kosbroker_signals_open()
        guard signals >= 0 else { throw SystemFault(call: "signalfd", number: -signals) }
        self.signals = Descriptor(signals)
    }

    var descriptor: Int32 { signals.raw }

    /// The next signal that came; nil if there is none.
    func next() -> Signal? {
        let number = kosbroker_signals_next(signals.raw)
        switch number {
        case 0: return nil
        case SIGHUP: return .reload
        default: return .stop(number)
        }
    }

    /// Gives signals their ordinary effect again: whoever waits for a terminal can be interrupted.
    func restore() { kosbroker_signals_restore() }
}

import CSystemShims
import Glibc

/// A file descriptor that belongs to whoever holds it, and is closed when nobody does any more.
package struct Descriptor: ~Copyable {
    /// The number, for calls that use the descriptor and leave it open.
    package let raw: Int32

    /// Takes `raw` over; it is open and nobody else closes it.
    package init(_ raw: Int32) { self.raw = raw }

    /// Gives the number away without closing it.
    package consuming func take() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    deinit { _ = close(raw) }
}

/// A descriptor that several hold: a channel's end that is kept here and is on its way to a process.
final class SharedDescriptor {
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    var raw: Int32 { descriptor.raw }

    /// Ends the connection for everyone who holds either end of it, here or in a process.
    func shutDown() { _ = shutdown(raw, Int32(SHUT_RDWR)) }
}

/// Two connected sockets that keep the bounds of messages.
struct SocketPair: ~Copyable {
    /// The end that stays here; nobody can pass descriptors to it.
    let near: Descriptor
    /// The end that goes to a process.
    let far: Descriptor

    init() throws(SystemFault) {
        var near: Int32 = -1
        var far: Int32 = -1
        let result = unsafe kosbroker_socket_pair(&near, &far)
        guard result == 0 else { throw SystemFault(call: "socketpair", number: -result) }
        self.near = Descriptor(near)
        self.far = Descriptor(far)
    }
}

/// Raises how many descriptors this process may have open to what it may raise it to: a channel
/// costs the broker one.
///
/// - Returns: how many it may have now.
@discardableResult
package func raiseDescriptorLimit() throws(SystemFault) -> Int {
    let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(descriptors, &limit) == 0 else {
        throw SystemFault(call: "getrlimit", number: errno)
    }
    limit.rlim_cur = limit.rlim_max
    guard unsafe setrlimit(descriptors, &limit) == 0 else {
        throw SystemFault(call: "setrlimit", number: errno)
    }
    return Int(clamping: limit.rlim_cur)
}

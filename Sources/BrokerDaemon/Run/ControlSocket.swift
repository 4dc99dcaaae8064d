import CSystemShims
import Glibc

/// The socket over which programs that were started by hand are attached to a running broker.
///
/// Only the same user may open it: its folder is the user's alone, so is the socket, and who
/// connects is asked about once more.
final class ControlSocket {
    /// Where it is.
    let path: String
    private let listener: Descriptor
    /// Kept for when no other descriptor is left: who connects then is turned away, not waited for.
    private var spare: Descriptor?

    /// Makes the socket at `path`, or where it is looked for if nothing is said.
    init(path: String?) throws(SystemFault) {
        let place: String
        if let path {
            place = path
        } else {
            let folder = ControlPlace.folder
            try ControlPlace.makePrivate(folder)
            place = "\(folder)/\(getpid())"
        }
        try ControlPlace.removeStale(place)
        let listener = unsafe kosbroker_listen(place)
        guard listener >= 0 else {
            throw SystemFault(call: "cannot listen at `\(place)`", number: -listener)
        }
        self.path = place
        self.listener = Descriptor(listener)
        spare = Self.openSpare()
    }

    private static func openSpare() -> Descriptor? {
        let raw = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        return raw >= 0 ? Descriptor(raw) : nil
    }

    deinit { unsafe unlink(path) }

    var descriptor: Int32 { listener.raw }

    /// The next connection; nil where there is none, or where it is another user's.
    func accept() -> ControlConnection? {
        let socket = kosbroker_accept(listener.raw)
        if socket == -EMFILE || socket == -ENFILE {
            spare = nil
            let refused = kosbroker_accept(listener.raw)
            if refused >= 0 { close(refused) }
            spare = Self.openSpare()
        }
        guard socket >= 0 else { return nil }
        let connection = ControlConnection(Descriptor(socket))
        var user: uid_t = 0
        guard unsafe kosbroker_peer_user(socket, &user) == 0, user == geteuid() else { return nil }
        return connection
    }
}

/// Somebody who wants to attach a program.
final class ControlConnection {
    private let socket: Descriptor

    init(_ socket: consuming Descriptor) { self.socket = socket }

    var descriptor: Int32 { socket.raw }

    /// The name of the process that the program is to be; nil where none was sent.
    func request() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: ControlMessage.maximumSize)
        let count = unsafe kosbroker_receive(socket.raw, &bytes, bytes.count, nil, 0)
        guard (1...bytes.count).contains(count) else { return nil }
        return ControlMessage.process(inRequest: bytes[..<count])
    }

    /// Opens the process at the other end, which is the program's.
    func peer() throws(SystemFault) -> Descriptor {
        let process = kosbroker_peer_process(socket.raw)
        guard process >= 0 else { throw SystemFault(call: "pidfd_open", number: -process) }
        return Descriptor(process)
    }

    /// Grants the request with an identity.
    ///
    /// - Returns: whether it was taken.
    func grant(_ identity: consuming Descriptor) -> Bool {
        send(ControlMessage.answer(.granted), identity.raw)
    }

    func refuse(_ answer: ControlMessage.Answer, _ text: String) {
        _ = send(ControlMessage.answer(answer, text), -1)
    }

    private func send(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        unsafe kosbroker_send(socket.raw, bytes, bytes.count, descriptor, 0) >= 0
    }
}

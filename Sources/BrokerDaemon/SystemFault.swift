import Glibc

/// A call to the operating system that failed; the daemon's only kind of error.
package struct SystemFault: Error, Equatable, Sendable {
    /// What was called, by its name in the manual.
    package let call: String
    /// The error number, positive.
    package let number: Int32

    package init(call: String, number: Int32) {
        self.call = call
        self.number = number
    }

    /// For people: the call, and what the system says.
    package var message: String {
        guard let text = unsafe strerror(number) else { return "\(call): error \(number)" }
        return unsafe "\(call): \(String(cString: text))"
    }
}

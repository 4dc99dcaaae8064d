package import AuditLog
import Glibc
package import SecurityEvents

/// Writes the audit lines to a file, or to whatever a descriptor stands for.
///
/// Nothing is buffered beyond a turn: what the daemon answered is with the kernel, and survives
/// whatever happens to this process.
package final class AuditFileOutput: AuditOutput {
    private let descriptor: Descriptor
    private var writer: AuditLineWriter
    /// How many of the writer's bytes are written already.
    private var written = 0

    /// - Parameters:
    ///   - descriptor: open for writing, at its end.
    ///   - writer: knows the record that the first line continues.
    package init(_ descriptor: consuming Descriptor, writer: AuditLineWriter) {
        self.descriptor = descriptor
        self.writer = writer
    }

    /// After which record the next one comes.
    package var position: ChainPosition { writer.position }

    package func append(_ record: AuditRecord) { writer.append(record) }

    package func write() -> Bool {
        while written < writer.bytes.count {
            let count = unsafe writer.bytes.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                return unsafe Glibc.write(descriptor.raw, rest.baseAddress, rest.count)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        writer.reset()
        written = 0
        return true
    }
}

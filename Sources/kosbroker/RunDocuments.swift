import LocatedYAML
import Synchronization
import SystemFiles

/// The documents of one run of a command, each read once.
///
/// Several suites name the same policy: all see the same bytes, whatever happens to the file
/// meanwhile, and standard input and pipes can be read by more than one of them.
enum RunDocuments {
    /// A source that remembers what it has read.
    static func source() -> DocumentSource {
        let memory = DocumentMemory()
        return DocumentSource(identity: SystemFiles.documents.identity) { path, limit in
            memory.read(path, limit)
        }
    }
}

private final class DocumentMemory: Sendable {
    /// By the bytes of the path: one `é` written in two ways is two files, but one String.
    private let results = Mutex<[[UInt8]: Result<[UInt8], ReadFault>]>([:])

    func read(_ path: String, _ limit: Int) -> Result<[UInt8], ReadFault> {
        results.withLock { results in
            let key = Array(path.utf8)
            if let known = results[key] { return known }
            let result = SystemFiles.documents.read(path, limit)
            results[key] = result
            return result
        }
    }
}

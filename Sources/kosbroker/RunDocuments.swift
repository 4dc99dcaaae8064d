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
        return DocumentSource { path, limit in memory.read(path, limit) }
    }
}

private final class DocumentMemory: Sendable {
    private let results = Mutex<[String: Result<[UInt8], ReadFault>]>([:])

    func read(_ path: String, _ limit: Int) -> Result<[UInt8], ReadFault> {
        results.withLock { results in
            if let known = results[path] { return known }
            let result = SystemFiles.documents.read(path, limit)
            results[path] = result
            return result
        }
    }
}

/// Why a document could not be read at all.
package struct ReadFault: Error, Hashable, Sendable {
    /// Lowercase, without a full stop: "no such file", "is a folder".
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}

/// Hands documents to their loaders, which touch no file themselves.
package struct DocumentSource: Sendable {
    /// Gives the bytes of the document at a path, of which there may be at most so many.
    package let read: @Sendable (_ path: String, _ limit: Int) -> Result<[UInt8], ReadFault>
    /// Gives the same bytes for two paths exactly when both lead to one document.
    package let identity: @Sendable (_ path: String) -> [UInt8]

    /// - Parameters:
    ///   - identity: where links and the current folder count; left out, the texts alone do.
    ///   - read: see ``read``.
    package init(
        identity: @escaping @Sendable (_ path: String) -> [UInt8] = {
            Array(Self.resolve($0, relativeTo: "").utf8)
        },
        read: @escaping @Sendable (_ path: String, _ limit: Int) -> Result<[UInt8], ReadFault>
    ) {
        self.identity = identity
        self.read = read
    }

    /// A source that holds its documents itself, for tests: path to text.
    package static func inMemory(_ documents: [String: String]) -> DocumentSource {
        DocumentSource { path, limit in
            guard let text = documents[path] else { return .failure(ReadFault("no such file")) }
            guard text.utf8.count <= limit else {
                return .failure(ReadFault("larger than \(Excerpt.size(limit))"))
            }
            return .success(Array(text.utf8))
        }
    }

    /// The path of a document that another one names.
    ///
    /// It is a matter of the texts alone: `.` and `..` are worked out without a look at the disk, so
    /// that one file has one path, whoever includes it.
    ///
    /// - Parameters:
    ///   - path: as `file` writes it; an absolute one does not depend on `file`.
    ///   - file: the path of the document that names it, or `<stdin>`.
    /// - Returns: a path without needless parts, absolute if either of the two is.
    package static func resolve(_ path: String, relativeTo file: String) -> String {
        let isAbsolute = path.hasPrefix("/") || file.hasPrefix("/")
        var parts = path.hasPrefix("/") ? [] : file.split(separator: "/").dropLast()
        parts += path.split(separator: "/")
        var kept: [Substring] = []
        for part in parts where part != "." {
            if part != ".." {
                kept.append(part)
            } else if let last = kept.last, last != ".." {
                kept.removeLast()
            } else if !isAbsolute {
                kept.append(part)
            }
        }
        let joined = kept.joined(separator: "/")
        if isAbsolute { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }
}

import Foundation
import LocatedYAML
import Testing

/// The documents and golden files beside these tests.
enum Files {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    static func names(in folder: String, ending: String) -> [String] {
        let path = root.appending(path: folder).path
        let all = try? FileManager.default.contentsOfDirectory(atPath: path)
        return (all ?? []).filter { $0.hasSuffix(ending) }.sorted()
    }

    /// Reads documents under their names in `folder`.
    static func source(_ folder: String) -> DocumentSource {
        let root = root.appending(path: folder)
        return DocumentSource { path, limit in
            let place = root.appending(path: path)
            let isFolder = try? place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
            if isFolder == true { return .failure(ReadFault("it is a folder")) }
            guard let data = try? Data(contentsOf: place), data.count <= limit else {
                return .failure(ReadFault("no such file or directory"))
            }
            return .success(Array(data))
        }
    }

    /// Expects just the text of a golden file; `UPDATE_GOLDEN=1` writes it instead.
    static func expect(
        _ text: String,
        _ name: String,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        let golden = root.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try? Data(text.utf8).write(to: golden)
        }
        let wanted = try? String(contentsOf: golden, encoding: .utf8)
        #expect(text == wanted, sourceLocation: sourceLocation)
    }
}

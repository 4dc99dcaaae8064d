import LocatedYAML
import SystemFiles

/// Finds the documents under the paths that a user gives.
enum DocumentFolders {
    /// The path itself where it is a file; else the documents in the folder and below, by name.
    static func documents(_ path: String) -> [(path: String, isNamed: Bool)] {
        files(under: path, endings: [".yaml", ".yml", ".yaml.in", ".yml.in"])
    }

    /// The formal specifications in a folder and below.
    static func specifications(_ path: String) -> [String] {
        files(under: path, endings: [".edl", ".cdl", ".idl"]).map(\.path)
    }

    /// Hidden folders are left out, and links to folders are not followed: they may lead back.
    private static func files(
        under path: String,
        endings: [String]
    ) -> [(path: String, isNamed: Bool)] {
        guard SystemFiles.isFolder(path) else { return [(path, true)] }
        // A document is called the same wherever it is named: without needless parts.
        let path = DocumentSource.resolve(path, relativeTo: "")
        var found: [(String, Bool)] = []
        var open = [path]
        while let folder = open.popLast() {
            let entries = SystemFiles.entries(of: folder)
            // What cannot be opened is not empty: whoever reads it is told why.
            if entries.isEmpty, !canOpen(folder) { found.append((folder, true)) }
            var inner: [String] = []
            for entry in entries where !entry.name.hasPrefix(".") {
                let path = Paths.join(folder, entry.name)
                if entry.isFolder {
                    inner.append(path)
                } else if endings.contains(where: entry.name.hasSuffix) {
                    found.append((path, false))
                }
            }
            open += inner.reversed()
        }
        return found
    }

    private static func canOpen(_ folder: String) -> Bool {
        SystemFiles.read(folder, limit: 0) == SystemFiles.read("/", limit: 0)
    }
}

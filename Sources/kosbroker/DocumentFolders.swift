import SystemFiles

/// Finds the documents under the paths that a user gives.
enum DocumentFolders {
    private static let endings = [".yaml", ".yml", ".yaml.in", ".yml.in"]

    /// The path itself where it is a file; else the documents in the folder and below, by name.
    ///
    /// Hidden folders are left out, and links to folders are not followed: they may lead back.
    static func documents(under path: String) -> [(path: String, isNamed: Bool)] {
        guard SystemFiles.isFolder(path) else { return [(path, true)] }
        var found: [(String, Bool)] = []
        var open = [path]
        while let folder = open.popLast() {
            var inner: [String] = []
            for entry in SystemFiles.entries(of: folder) where !entry.name.hasPrefix(".") {
                let path = folder.hasSuffix("/") ? folder + entry.name : "\(folder)/\(entry.name)"
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
}

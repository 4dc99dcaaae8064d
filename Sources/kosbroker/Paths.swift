import LocatedYAML
import SystemFiles

/// Paths as text.
enum Paths {
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func join(_ folder: String, _ name: String) -> String {
        if folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// `path` as it is to be written in a document in `folder`, which is there.
    ///
    /// Documents take `..` for the folder before it in the text, the system for the one above where a
    /// link leads to. Where these differ the path is absolute, and right for both.
    static func relative(_ path: String, from folder: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        let parent = Self.folder(of: path)
        let target = parts(real(parent)) + [name]
        let byDisk = relative(target, from: parts(real(folder)))
        let byText = relative(parts(absolute(parent)) + [name], from: parts(absolute(folder)))
        if byDisk == byText || !byDisk.hasPrefix("../") { return byDisk }
        return "/" + target.joined(separator: "/")
    }

    private static func relative(_ path: [Substring], from folder: [Substring]) -> String {
        let common = zip(path, folder).prefix { $0 == $1 }.count
        let up = folder.dropFirst(common).map { _ in Substring("..") }
        return (up + path.dropFirst(common)).joined(separator: "/")
    }

    private static func real(_ path: String) -> String {
        String(decoding: SystemFiles.documents.identity(path), as: UTF8.self)
    }

    private static func absolute(_ path: String) -> String {
        DocumentSource.resolve(path, relativeTo: "\(SystemFiles.currentFolder)/document")
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
}

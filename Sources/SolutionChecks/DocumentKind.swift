import Diagnostics
import InitDescriptions
import LocatedYAML

/// What a document is, told by its top-level key.
package enum DocumentKind: String, Sendable {
    case suite
    case initDescription = "init description"
    case policy
    case connectDescription = "connect description"

    /// The key that tells the kind.
    private var key: String {
        switch self {
        case .suite: "suite"
        case .initDescription: "entities"
        case .policy: "policy"
        case .connectDescription: "connections"
        }
    }

    /// The first kind whose key stands at the top level; nil where none does.
    ///
    /// The lines are looked at rather than the tree: a document with a fault, or a template with
    /// macros in it, has a kind too.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - path: a `connect.yaml` has no key of its own and is told by its name.
    package init?(of bytes: [UInt8], named path: String) {
        var keys = Self.keysAtLineStarts(bytes)
        if keys.isEmpty {
            var ignored: [Diagnostic] = []
            let tree = readYAML(bytes, file: "", diagnostics: &ignored)
            keys = Set((tree?.root?.entries ?? []).map(\.key.text))
        }
        for kind in [Self.suite, .initDescription, .policy] where keys.contains(kind.key) {
            self = kind
            return
        }
        let name = path.split(separator: "/").last ?? ""
        guard name.hasPrefix("connect.y"), looksLikeConnectDescription(bytes) else { return nil }
        self = .connectDescription
    }

    /// The words before a colon that start a line without indentation.
    private static func keysAtLineStarts(_ bytes: [UInt8]) -> Set<String> {
        var keys: Set<String> = []
        var word: [UInt8]? = []
        var isEnded = false
        for byte in bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...] {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                word = []
                isEnded = false
            case UInt8(ascii: ":"):
                if let found = word { keys.insert(String(decoding: found, as: UTF8.self)) }
                word = nil
            case UInt8(ascii: "a")...UInt8(ascii: "z") where !isEnded: word?.append(byte)
            // Quotes around a key are no part of it, nor are blanks behind it; anything else makes
            // it none of ours.
            case UInt8(ascii: "\""), UInt8(ascii: "'"): break
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                if word?.isEmpty ?? true { word = nil }
                isEnded = true
            default: word = nil
            }
        }
        let known = ["suite", "entities", "policy"]
        return keys.filter(known.contains)
    }

    /// What some editors put before UTF-8.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

import Foundation
import Testing

/// The page `docs/checking.md` shows what really comes out.
@Suite struct `The page about checking` {
    @Test func `every command on it prints what stands below it`() throws {
        let page = Places.tests.appending(path: "../../docs/checking.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let scratch = try Scratch()
        var commands = 0
        for (number, block) in text.components(separatedBy: "```").enumerated()
        where number % 2 == 1 {
            let (language, body) = block.splitAtNewline
            if language == "yaml" || language == "edl" { try write(body, to: scratch) }
            guard language == "console" else { continue }
            var printed = ""
            for line in body.split(separator: "\n") where line.hasPrefix("$ ") {
                let command = String(line.dropFirst(2))
                    .replacing("kosbroker ", with: "$KOSBROKER ")
                printed += line + "\n" + (try shell(command, in: scratch.folder).output)
                commands += 1
            }
            #expect(printed == body)
        }
        #expect(commands >= 10)
    }

    /// Writes a document whose first line is a comment with its name; others only show something.
    private func write(_ document: String, to scratch: Scratch) throws {
        let (first, rest) = document.splitAtNewline
        guard first.hasPrefix("# "), first.contains("."), !first.dropFirst(2).contains(" ") else {
            return
        }
        let name = String(first.dropFirst(2))
        try FileManager.default.createDirectory(
            at: scratch.url(name).deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try scratch.write(name, name.hasSuffix(".edl") ? rest : document)
    }
}

extension String {
    /// The first line, and the rest.
    fileprivate var splitAtNewline: (first: String, rest: String) {
        guard let end = firstIndex(of: "\n") else { return (self, "") }
        return (String(self[..<end]), String(self[index(after: end)...]))
    }
}

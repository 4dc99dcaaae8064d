/// One line of a document as a terminal shows it, and where the caret under it goes.
struct SourceExcerpt {
    /// Cut to the width, with `…` for what was left out; tabs are spaces, so that the caret fits.
    let text: String
    /// How many columns stand before the caret.
    let indentation: Int

    /// Columns beyond this get no excerpt: nobody reads such a line, and a document that is one
    /// endless line would be gone through for every finding.
    private static let columnLimit = 10_000
    private static let tabWidth = 4

    private struct Cell {
        var text: String
        var width: Int
    }

    /// - Parameters:
    ///   - line: its bytes, which may be invalid UTF-8.
    ///   - column: counted from 1 in code points.
    ///   - width: how many columns the text may take.
    init?(_ line: ArraySlice<UInt8>, column: Int, width: Int) {
        guard (1...Self.columnLimit).contains(column) else { return nil }
        var cells = Self.cells(line, atMost: column + width)
        let caret = min(column - 1, cells.count)
        while let last = cells.last, last.text.allSatisfy({ $0 == " " }), cells.count > caret {
            cells.removeLast()
        }
        // The caret keeps a third of the width to its right where the line goes on.
        var start = 0
        var before = cells[..<caret].reduce(0) { $0 + $1.width }
        let room = cells[caret...].reduce(before) { $0 + $1.width } <= width ? width : width * 2 / 3
        while before > room - 1, start < caret {
            before -= cells[start].width
            start += 1
        }
        var text = start > 0 ? "…" : ""
        indentation = before + (start > 0 ? 1 : 0)
        var used = indentation - before
        for (index, cell) in cells.enumerated().dropFirst(start) {
            guard used + cell.width < width + (index == cells.count - 1 ? 1 : 0) else {
                text += "…"
                break
            }
            text += cell.text
            used += cell.width
        }
        self.text = text
    }

    /// A cell for each column of the line: a lead byte and what continues it, as places count them.
    private static func cells(_ line: ArraySlice<UInt8>, atMost limit: Int) -> [Cell] {
        var cells: [Cell] = []
        var position = 0
        var offset = line.startIndex
        while offset < line.endIndex, cells.count < limit {
            let rest = line[(offset + 1)...].prefix { $0.continuesCharacter }
            let character = cell(line[offset..<rest.endIndex], at: position)
            offset = rest.endIndex
            position += character.width
            cells.append(character)
        }
        return cells
    }

    private static func cell(_ bytes: ArraySlice<UInt8>, at position: Int) -> Cell {
        if bytes.elementsEqual([UInt8(ascii: "\t")]) {
            let width = tabWidth - position % tabWidth
            return Cell(text: String(repeating: " ", count: width), width: width)
        }
        let replacement = Cell(text: "\u{FFFD}", width: 1)
        guard let text = String(validating: bytes, as: UTF8.self),
            let scalar = text.unicodeScalars.first, !scalar.isUnprintable
        else { return replacement }
        return Cell(text: text, width: scalar.terminalWidth)
    }
}

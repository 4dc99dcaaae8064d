/// Diagnostics as people, editors and continuous integration read them.
///
/// Each begins with a line `file:line:column: severity: message [id]`; the lines after it are
/// indented: the line of the document with a caret, where there is one to show, then the hint.
///
/// - Parameters:
///   - diagnostics: in the order in which they are shown.
///   - isColored: whether to colour it, for a terminal that wants that.
///   - contents: gives the bytes of a file, for the line of the document; nil for a file that
///     cannot be had. Left out, no line is shown, as machines prefer it.
/// - Returns: lines that each end in a newline; nothing for no diagnostics.
package func renderDiagnosticsText(
    _ diagnostics: [Diagnostic],
    isColored: Bool = false,
    contents: ((_ file: String) -> [UInt8]?)? = nil
) -> String {
    let colors = isColored ? Colors() : nil
    let excerpts = contents.map { Excerpts(of: diagnostics, from: $0) }
    var text = ""
    for diagnostic in diagnostics {
        text += diagnostic.headline(colors) + "\n"
        if let excerpt = excerpts?.excerpt(for: diagnostic.place) {
            text += excerpt.lines(number: diagnostic.place.line, colors)
        }
        if let hint = diagnostic.hintLine(colors) { text += hint + "\n" }
    }
    return text
}

extension Diagnostic {
    /// `file:line:column: severity: message [id]`, and the hint on a line of its own.
    package var text: String {
        let line = headline(nil)
        guard let hint = hintLine(nil) else { return line }
        return line + "\n" + hint
    }

    fileprivate func headline(_ colors: Colors?) -> String {
        let place = colors.paint("\(place):".printable, \.place)
        let word = colors.paint("\(severity.rawValue):", Colors.of(severity))
        return "\(place) \(word) \(message.printable) \(colors.paint("[\(id)]", \.faint))"
    }

    fileprivate func hintLine(_ colors: Colors?) -> String? {
        hint.map { "    \(colors.paint("hint:", \.note)) \($0.printable)" }
    }
}

extension SourceExcerpt {
    /// How many columns a line of a document may take beside its number.
    fileprivate static let width = 100

    fileprivate func lines(number: Int, _ colors: Colors?) -> String {
        let digits = "\(number)"
        let margin = String(repeating: " ", count: max(0, 5 - digits.count))
        let empty = String(repeating: " ", count: max(5, digits.count))
        let caret = String(repeating: " ", count: indentation) + colors.paint("^", \.caret)
        let bar = colors.paint("|", \.faint)
        return
            "\(margin)\(colors.paint(digits, \.faint)) \(bar) \(text)\n\(empty) \(bar) \(caret)\n"
    }
}

/// The lines of documents that a list of diagnostics is about.
private struct Excerpts {
    private var lines: [String: [Int: ArraySlice<UInt8>]] = [:]

    init(of diagnostics: [Diagnostic], from contents: (_ file: String) -> [UInt8]?) {
        var wanted: [String: Set<Int>] = [:]
        for diagnostic in diagnostics {
            wanted[diagnostic.place.file, default: []].insert(diagnostic.place.line)
        }
        for (file, numbers) in wanted {
            lines[file] = contents(file).map { SourceLines.find(numbers, in: $0) }
        }
    }

    /// nil where there is nothing to see: no such line, or an empty one.
    func excerpt(for place: SourceLocation) -> SourceExcerpt? {
        guard let line = lines[place.file]?[place.line], !line.allSatisfy(\.isBlank) else {
            return nil
        }
        return SourceExcerpt(line, column: place.column, width: SourceExcerpt.width)
    }
}

/// The colours of a terminal, as the sequences that begin them.
private struct Colors {
    let place = "\u{1B}[1m"
    let error = "\u{1B}[1;31m"
    let warning = "\u{1B}[1;33m"
    let note = "\u{1B}[1;36m"
    let caret = "\u{1B}[1;32m"
    let faint = "\u{1B}[2m"

    static func of(_ severity: Diagnostic.Severity) -> KeyPath<Colors, String> {
        switch severity {
        case .error: \.error
        case .warning: \.warning
        case .note: \.note
        }
    }
}

extension Colors? {
    fileprivate func paint(_ text: String, _ color: KeyPath<Colors, String>) -> String {
        guard let self else { return text }
        return self[keyPath: color] + text + "\u{1B}[0m"
    }
}

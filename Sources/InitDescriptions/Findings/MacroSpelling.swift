import Diagnostics

/// A macro that is nearly one of the build's: a slip of a letter or two in one of its words.
func spellingFinding(_ macro: TemplateMacro) -> Diagnostic? {
    guard macro.kind == .other, macro.text.hasPrefix("@") else { return nil }
    let plus = macro.text.hasSuffix("+@") ? "+" : ""
    let words = macro.text.dropFirst().dropLast(plus.isEmpty ? 1 : 2)
        .split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard let meant = externalEntities(words) ?? ofProgram(words) else { return nil }
    return Diagnostic(
        "macro-spelling",
        .warning,
        at: macro.place,
        "`\(macro.text)` is no macro of the build, which puts nothing in its place",
        hint: "did you mean `@\(meant)\(plus)@`?"
    )
}

/// `INIT_EXTERNAL_ENTITIES`, if it is nearly that.
private func externalEntities(_ words: [String]) -> String? {
    guard words.count == 3 else { return nil }
    let meant = ["INIT", "EXTERNAL", "ENTITIES"]
    let isNear = zip(words, meant).allSatisfy { isNearly($0, $1) || ($0, $1) == singular }
    return isNear ? meant.joined(separator: "_") : nil
}

private let singular = ("ENTITY", "ENTITIES")

/// `INIT_<program>_ENTITY_…`, if it is nearly that; the program may have underscores in it.
private func ofProgram(_ words: [String]) -> String? {
    guard words.count >= 4, isNearly(words[0], "INIT") else { return nil }
    guard isNearly(words[words.count - 2], "ENTITY") else { return nil }
    let endings = ["ARGS", "CONNECTIONS", "ENV"]
    let ending = Suggestion.closest(to: words[words.count - 1], among: endings)
    let program = words[1..<words.count - 2].joined(separator: "_")
    guard let ending, !program.isEmpty else { return nil }
    return "INIT_\(program)_ENTITY_\(ending)"
}

private func isNearly(_ word: String, _ meant: String) -> Bool {
    Suggestion.closest(to: word, among: [meant]) != nil
}

import Diagnostics
import SecurityEvents

// The declaration of the name, and what EDL and CDL have in common.
extension SpecificationReader {
    /// Reads the declaration of the name, with which every specification begins.
    ///
    /// - Returns: nil, after a report, where nothing is declared.
    mutating func readHeading() -> (name: Located<DeclaredName>, base: Located<DeclaredName>?)? {
        guard kind.headingKeywords.contains(where: isWord) else {
            reportMissingDeclaration()
            return nil
        }
        var keyword = token
        let isTask = isWord("task")
        advance()
        if isTask {
            guard isWord("class") else {
                report("missing-declaration", at: keyword, "`task` is not followed by `class`")
                return nil
            }
            keyword = token
            advance()
        }
        let what = kind == .processClass ? "the class" : "the \(kind)"
        guard let name: Located<DeclaredName> = readName(of: what, after: keyword) else {
            return nil
        }
        guard isTask, token.isSign(":") else { return (name, nil) }
        let colon = token
        advance()
        return (name, readName(of: "what describes the class", after: colon))
    }

    private mutating func reportMissingDeclaration() {
        // Where a comment has swallowed the file, that is the fault.
        guard !(token.kind == .end && isCut) else { return }
        let word = text(of: token)
        var hint = Suggestion.didYouMean(word, among: kind.headingKeywords)
        for other in SpecificationKind.allCases where other.headingKeywords.contains(word) {
            hint = "\(other.heading) belongs in \(other.fileName)"
        }
        let message = "\(kind.fileName) begins with \(kind.heading)"
        report("missing-declaration", message, hint: hint)
    }

    mutating func readComponentPart(_ specification: inout Specification) {
        if isWord("endpoints") || isWord("interfaces") || isWord("components") {
            readMembers(&specification)
        } else if isWord("security") {
            let keyword = token
            advance()
            specification.security = readName(of: "the security interface", after: keyword)
        } else {
            skipUnknown(among: kind.partKeywords)
        }
    }

    /// Reads a block of `name : Type`; commas and semicolons between them are let pass.
    private mutating func readMembers(_ specification: inout Specification) {
        let section = token
        let listsEndpoints = !isWord("components")
        advance()
        guard let opening = readOpeningBrace(of: section) else { return }
        while !isStopped {
            let before = faults.count
            if token.kind == .end { return reportUnterminated(opening) }
            if token.isSign("}") { return advance() }
            if startsPart, following.isSign("{") {
                report("unterminated-block", at: opening, "`{` is not closed")
                return
            }
            if token.isSign(",") || token.isSign(";") {
                advance()
            } else if token.kind == .word || token.isSign(":") {
                let member = listsEndpoints ? readEndpoint() : readInstance()
                if let member { specification.members.append(member) }
            } else {
                skipUnknown(among: [])
            }
            if faults.count > before { specification.members.append(.unknown) }
        }
    }

    private mutating func readEndpoint() -> Specification.Member? {
        let pair: (Located<EndpointName>, Located<InterfaceName>)?
        pair = readPair(of: "endpoint", type: "interface", \.endpointNames)
        return pair.map { .endpoint(.init(name: $0, interface: $1)) }
    }

    private mutating func readInstance() -> Specification.Member? {
        let pair: (Located<InstanceName>, Located<ComponentName>)?
        pair = readPair(of: "component instance", type: "component", \.instanceNames)
        return pair.map { .instance(.init(name: $0, component: $1)) }
    }

    /// Reads `name : Type`; nil, after a report, where that is not what stands here.
    private mutating func readPair<First, Second>(
        of what: String,
        type: String,
        _ seen: WritableKeyPath<Self, Set<[UInt8]>>
    ) -> (Located<Name<First>>, Located<Name<Second>>)? {
        guard token.kind == .word else {
            report("missing-name", "the \(what) has no name")
            skipUnknown()
            return nil
        }
        let first = token
        advance()
        guard token.isSign(":") else {
            reportMissingType(first, of: what, type: type)
            if token.line == first.line { skipUnknown() }
            return nil
        }
        advance()
        // What has a colon of its own on the next line is the next name, not this type.
        guard token.kind == .word, !(token.startsLine && following.isSign(":")) else {
            reportMissingType(first, of: what, type: type)
            return nil
        }
        let second = token
        advance()
        let name: Located<Name<First>>? = name(first, of: "the \(what)", isDotted: false)
        let typeName: Located<Name<Second>>? = self.name(second, of: "the \(type)", isDotted: true)
        guard let name, let typeName else { return nil }
        guard self[keyPath: seen].insert(name.value.bytes).inserted else {
            report("duplicate-name", at: first, "the \(what) `\(text(of: first))` is listed twice")
            return nil
        }
        return (name, typeName)
    }

    private mutating func reportMissingType(_ name: Token, of what: String, type: String) {
        guard !(token.kind == .end && isCut) else { return }
        report(
            "missing-type",
            at: name,
            "the \(what) `\(text(of: name))` has no \(type)",
            hint: "write `NAME : \(type.uppercased())`"
        )
    }

    /// Reads the brace that opens the block of `keyword`; nil, after a report, where it is missing.
    mutating func readOpeningBrace(of keyword: Token) -> Token? {
        guard token.isSign("{") else {
            if !(token.kind == .end && isCut) {
                report(
                    "missing-block",
                    at: keyword,
                    "`\(text(of: keyword))` has no block in braces"
                )
            }
            // What was to stand in the block is no fault of its own.
            while !isStopped, token.kind != .end, !startsPart { advance() }
            return nil
        }
        let opening = token
        advance()
        return opening
    }
}
